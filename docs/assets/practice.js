/* Practice: filter, marks, mock interview. Without this file the cards are a list.

   localStorage["acked.practice"] holds, and "Export progress" saves:
     {"version": 1, "cards": {"celery/worker-crash": {"box": 2, "due": "2026-11-24"}}}
   box: 1 (again) to 5; due: the day the card comes back, by the reader's clock.
   What is not of this shape stays as it is until the reader deletes it. */
(function () {
  const KEY = "acked.practice"
  const DAYS = [0, 0, 1, 3, 7, 16] // until a card of this box comes back
  const $ = (what, within = document) => within.querySelector(what)
  const all = (what, within = document) => [...within.querySelectorAll(what)]
  const list = $(".cards"), controls = $(".controls"), bar = $(".round"), report = $(".report")
  const cards = all(".card", list)
  const shown = () => cards.filter(card => !card.hidden)
  const go = card => $("summary", card).focus()
  const said = knew => knew ? "✓ knew it" : "↻ again"
  let state, trouble, round

  function day(later) {
    const then = new Date()
    then.setDate(then.getDate() + later)
    return new Date(then - then.getTimezoneOffset() * 6e4).toISOString().slice(0, 10)
  }

  const isOne = one => one && [1, 2, 3, 4, 5].includes(one.box) &&
    /^\d{4}-\d\d-\d\d$/.test(one.due) && !isNaN(new Date(one.due))
  const isState = it => it && it.version === 1 && it.cards && it.cards.constructor === Object &&
    Object.values(it.cards).every(isOne)

  const empty = () => ({ version: 1, cards: {} })

  function load() {
    try {
      const text = localStorage.getItem(KEY)
      const found = text === null ? empty() : JSON.parse(text)
      trouble = !isState(found)
      if (!trouble) state = found
    } catch {
      trouble = true
    }
  }

  const of = card => state.cards[card.dataset.id]
  // A day too far ahead is of a clock that was wrong.
  const isDue = card => !of(card) || of(card).due <= day(0) || of(card).due > day(16)

  function mark(card, knew) {
    load() // another tab may have marked since
    // Known twice on one day counts once.
    if (!knew || isDue(card)) {
      const box = knew ? Math.min((of(card)?.box || 1) + 1, 5) : 1
      state.cards[card.dataset.id] = { box, due: day(DAYS[box]) }
    }
    try {
      if (!trouble) localStorage.setItem(KEY, JSON.stringify(state))
    } catch {
      trouble = true
    }
    tell()
    if (round) {
      round.done.push({ card, knew, took: Date.now() - round.since })
      next()
    }
  }

  function fresh() {
    load()
    tell()
  }

  function tell() {
    const count = test => shown().filter(test).length
    for (const card of cards) {
      const { box, due } = of(card) || {}
      const back = isDue(card) ? "today" : new Date(due).toUTCString().slice(5, 11)
      $(".state", card).textContent = box ? `${said(box > 1)}, back ${back}` : ""
    }
    $(".tally").textContent = `${shown().length} of ${cards.length} cards · ${count(isDue)} due today · ` +
      `${count(card => of(card)?.box > 1)} knew it · ${count(card => of(card)?.box === 1)} again`
    $(".lost").hidden = !trouble
  }

  function filter() {
    const pressed = all("[aria-pressed=true]", controls)
    const without = (kind, value) => {
      const wanted = pressed.map(one => one.dataset[kind]).filter(Boolean)
      return wanted[0] && !wanted.includes(value)
    }
    for (const card of cards) {
      const { topic, level } = card.dataset
      card.hidden = without("topic", topic) || without("level", level) || without("due", isDue(card) && "today")
    }
    tell()
  }

  function shuffled(things) {
    for (let i = things.length; i > 1; i--) {
      const j = Math.floor(Math.random() * i);
      [things[i - 1], things[j]] = [things[j], things[i - 1]]
    }
    return things
  }

  function jump() {
    const card = cards.find(one => "#" + one.dataset.id === location.hash)
    if (!card || round) return
    card.hidden = false
    card.open = true
    tell()
    go(card)
  }

  // Mock interview: the asked card alone is shown

  const time = ms => new Date(ms).toISOString().slice(11, 19)
  const tick = () => { $(".clock").textContent = time(Date.now() - round.began) }
  const asked = () => round.cards[round.done.length]

  function begin(n) {
    const chosen = shuffled(shown()).slice(0, n)
    if (!chosen.length) return
    round = { cards: chosen, done: [], began: Date.now(), clock: setInterval(tick, 1e3) }
    controls.hidden = true
    bar.hidden = false
    next()
  }

  function next() {
    if (!asked()) return end()
    for (const card of cards) card.hidden = card !== asked()
    close()
    $(".place").textContent = `Question ${round.done.length + 1} of ${round.cards.length}`
    round.since = Date.now()
    tick()
    go(asked())
  }

  function end() {
    if (!round.done.length) return back()
    clearInterval(round.clock)
    round.cards = [] // no key marks any more
    bar.hidden = list.hidden = true
    report.hidden = false
    $(".sum").textContent = `${new Date().toDateString()} · ` +
      `${round.done.filter(one => one.knew).length} of ${round.done.length} known · ${time(Date.now() - round.began)}`
    $("ol", report).replaceChildren(...round.done.map(({ card, knew, took }) => {
      const item = document.createElement("li"), link = document.createElement("a")
      link.href = $("p > a", card).href
      link.textContent = $(".question", card).textContent
      item.append(link, document.createElement("br"), `${said(knew)} · ${time(took)}`)
      return item
    }))
    $("h2", report).focus()
  }

  function back() {
    clearInterval(round.clock)
    round = null
    bar.hidden = report.hidden = true
    controls.hidden = list.hidden = false
    close()
    filter()
    $("button", controls).focus()
  }

  function close() {
    for (const one of all("details", list)) one.open = false
  }

  const deeds = {
    close, end, back,
    filter(button) {
      button.ariaPressed = button.ariaPressed !== "true"
      filter()
    },
    shuffle() { list.append(...shuffled(cards)) },
    begin: button => begin(button.dataset.n),
    reveal() { asked().open = true },
    mark: button => mark(button.closest(".card"), !!button.value),
    print: () => print(),
    help: () => $(".help").showModal(),
    ask() {
      $(".sure").returnValue = ""
      $(".sure").showModal()
    },
    save() {
      const link = document.createElement("a")
      link.href = "data:application/json," + encodeURIComponent(JSON.stringify(state))
      link.download = "acked-practice.json"
      link.click()
    },
  }

  addEventListener("click", event => {
    const button = event.target.closest("[data-do]")
    if (button) deeds[button.dataset.do](button)
  })

  $(".sure").addEventListener("close", event => {
    if (event.target.returnValue !== "delete") return
    try {
      localStorage.removeItem(KEY)
    } catch { /* load() notices */ }
    state = empty()
    fresh()
  })

  addEventListener("keydown", event => {
    const { key, target } = event
    if (event.ctrlKey || event.altKey || event.metaKey || !$(".keys").checked) return
    if (target.closest?.("input, dialog")) return
    const here = round ? asked() : document.activeElement.closest(".card")
    const to = shown()[shown().indexOf(here) + { j: 1, k: -1 }[key]]
    if (to) go(to)
    else if (here && (key === "1" || key === "2")) mark(here, key === "2")
    else if (key === "?") deeds.help()
    else return
    event.preventDefault()
  })

  addEventListener("storage", fresh)
  addEventListener("hashchange", jump)

  list.before(controls, bar, report)
  for (const card of cards) {
    const word = document.createElement("span")
    word.className = "state"
    $(".facts", card).append(word)
    $(".answer", card).after($("template").content.cloneNode(true))
  }
  state = empty()
  fresh()
  controls.hidden = false
  jump()
})()
