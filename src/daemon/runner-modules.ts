/**
 * What `python -X importtime` shows of the standard library when unittest and pytest start. Python looks in the current
 * folder first, so a file of such a name runs before the first test, and may print and end as it likes.
 */
export const runnerModules: readonly string[] = `
  abc argparse array ast asyncio atexit base64 bdb binascii bisect bz2 calendar cmd code codecs codeop collections
  concurrent contextlib contextvars copy copyreg csv dataclasses datetime decimal difflib dis email encodings enum
  errno faulthandler fcntl fnmatch fractions functools gc genericpath gettext glob gzip hashlib heapq http
  importlib inspect io ipaddress itertools json keyword linecache locale logging lzma marshal math netrc ntpath
  numbers opcode operator os pathlib pdb pkgutil platform posix posixpath pprint profile pstats pyexpat queue
  quopri random re readline reprlib runpy select selectors shlex shutil signal site socket ssl stat statistics
  string struct subprocess sysconfig tempfile textwrap threading time timeit token tokenize traceback types typing
  unicodedata urllib uuid warnings weakref xml zipfile zipimport zlib zoneinfo
`
  .trim()
  .split(/\s+/);
