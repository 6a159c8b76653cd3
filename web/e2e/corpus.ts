/** Texts that run in a page that puts them in as HTML, as a script or as an address. Each tries to call `xss()`. */
export const corpus = [
  "<script>xss()</script>",
  "<img src=x onerror=xss()>",
  '"><svg onload=xss()>',
  "'\"><iframe srcdoc='<script>parent.xss()</script>'></iframe>",
  "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=xss()&gt;'>",
  "<a href='javascript:xss()'>x</a>",
  "javascript:xss()",
  "{{ '<img src=x onerror=xss()>' }}",
  "</textarea><script>xss()</script>",
  "</title><script>xss()</script>",
  "<style>@import 'data:text/css,*{background:url(x)}'</style><body onload=xss()>",
  "`-xss()-`",
];
