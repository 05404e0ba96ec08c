/** What others may write, so that a tracker would do something about it: each on one visible line, as comments quote it. */
export const hostileWords: readonly string[] = [
  // Mentions: of people, teams and everybody, in each tracker's spelling.
  "@ann please look, @acme/security too, @all @here",
  "[~accountid:557058:101] and [~ann]",
  // References, and words that close what they refer to.
  "fixes #12, closes acme/shop#3, resolves GH-7, !4 &5 %6 ~bug",
  "Closes SHOP-3 and ENG-7 #close #resolve",
  // Quick actions of GitLab.
  "/close",
  '/assign @mallory /label ~"chargehand" /confidential',
  // Wiki macros, links and images of Jira.
  "{code} {html}<script>alert(1)</script>{html} {color:red}red{color}",
  "[click|https://evil.example] !https://evil.example/pixel.png! ^sup^ h1. big",
  // Markdown and HTML.
  "[click](https://evil.example) ![pixel](https://evil.example/p.png) <img src=x onerror=alert(1)>",
  "<!-- hidden --> <details><summary>x</summary> https://evil.example www.evil.example",
  "# heading > quote * item --- ``` fence ~~~ [x]: https://evil.example",
  // Ways out of code and of a cell.
  "` @ann `",
  "`` @ann `` ` @ann ``` @ann",
  "a | @ann | b \\| @ann \\\\| @ann",
  "ends in a backslash \\",
  "\\` @ann \\`",
  "$` @ann `$ {+ @ann +} [[Home]] :tada: %{SECRET}",
  "Chargehand keeps this comment up to date.",
];
