"""The tags of an entry."""
import re

TAG = re.compile(r"#(\w+)")


def tags_of(text):
    """The tags of a text, in lower case, in the order in which they appear."""
    return [tag.lower() for tag in TAG.findall(text)]
