/* On every page, before it is painted. What the theme writes into each page, its
   settings and two scripts, stands here once: pages are smaller, and none needs an
   exception from the policy. */
(function () {
  const root = new URL("..", document.currentScript.src)

  /* The theme's own names. */
  const key = name => `${root.pathname}.${name}`
  window.__md_scope = root
  window.__md_hash = text => [...text].reduce((sum, one) => (sum << 5) - sum + one.charCodeAt(0), 0)
  window.__md_get = (name, place = localStorage) => JSON.parse(place.getItem(key(name)))
  window.__md_set = (name, value, place = localStorage) => {
    try { place.setItem(key(name), JSON.stringify(value)) } catch { /* blocked or full */ }
  }

  const config = document.createElement("script")
  config.id = "__config"
  config.type = "application/json"
  config.textContent = JSON.stringify({
    base: root,
    features: ["content.code.copy", "navigation.top", "search.highlight", "search.suggest", "toc.follow"],
    search: new URL("assets/javascripts/workers/search.a7633da7.min.js", root),
    translations: {
      "clipboard.copy": "Copy to clipboard",
      "clipboard.copied": "Copied to clipboard",
      "search.result.placeholder": "Type to start searching",
      "search.result.none": "No matching documents",
      "search.result.one": "1 matching document",
      "search.result.other": "# matching documents",
      "search.result.more.one": "1 more on this page",
      "search.result.more.other": "# more on this page",
      "search.result.term.missing": "Missing",
    },
  })
  document.head.append(config)

  /* The colours that were chosen. */
  let colours
  try { colours = window.__md_get("__palette")?.color } catch { /* blocked or corrupt */ }
  if (colours) {
    if (colours.media === "(prefers-color-scheme)") {
      const scheme = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark"
      const input = document.querySelector(`[data-md-color-media="(prefers-color-scheme: ${scheme})"]`)
      colours = { media: input.dataset.mdColorMedia, scheme: input.dataset.mdColorScheme }
    }
    for (const [name, value] of Object.entries(colours)) document.body.setAttribute(`data-md-color-${name}`, value)
  }

  /* The search index and its worker are asked for when somebody searches. */
  const wanted = new Promise(searches => {
    addEventListener("focusin", event => { if (event.target.name === "query") searches() })
  })
  const { open, send } = XMLHttpRequest.prototype
  XMLHttpRequest.prototype.open = function (method, url) {
    this.index = /search_index\.json$/.test(url)
    open.apply(this, arguments)
  }
  XMLHttpRequest.prototype.send = function (body) {
    if (this.index) wanted.then(() => send.call(this, body))
    else send.call(this, body)
  }
  const RealWorker = window.Worker
  window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      this.real = wanted.then(() => {
        const real = new RealWorker(url)
        real.onmessage = event => this.dispatchEvent(new MessageEvent("message", { data: event.data }))
        return real
      })
    }
    postMessage(message) { this.real.then(real => real.postMessage(message)) }
  }

  /* What to type has the address of this site, wherever it is. */
  addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".evidence > code").forEach(command => {
      command.textContent = command.textContent.replace(" /snippets/", ` ${root}snippets/`)
    })
  })

  /* What scrolls can be reached by keyboard, the search dialog has a name, and a
     copy button is no landmark. */
  onload = onresize = function () {
    document.querySelector("[data-md-component=search]").setAttribute("aria-label", "Search")
    document.querySelectorAll(".md-code__nav").forEach(nav => nav.setAttribute("role", "none"))
    document.querySelectorAll("pre > code, .md-typeset__scrollwrap").forEach(box => {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
      else box.removeAttribute("tabindex")
    })
  }
})()
