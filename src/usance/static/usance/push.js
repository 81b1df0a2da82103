// A button that asks the browser to be told about this debtor's invoices, or no more.
// <button data-push="/the/page/push" data-push-on="Tell me" data-push-off="Tell me no more" hidden>
const WORKER = "/push-worker.js"

const bytes = text => Uint8Array.from(
  atob(text.replaceAll("-", "+").replaceAll("_", "/")), one => one.charCodeAt(0)
)

const send = (url, method, said) => fetch(url, {
  method,
  credentials: "same-origin",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(said),
}).then(answer => {
  if (!answer.ok) throw new Error(`${answer.status}`)
})

const show = (button, subscription) => {
  button.textContent = subscription ? button.dataset.pushOff : button.dataset.pushOn
  button.setAttribute("aria-pressed", subscription ? "true" : "false")
  button.hidden = false
}

const begin = async (button, worker) => {
  const answer = await fetch(button.dataset.push, { credentials: "same-origin" })
  if (!answer.ok) return null
  const { key } = await answer.json()
  const subscription = await worker.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(key),
  })
  await send(button.dataset.push, "POST", subscription.toJSON())
  return subscription
}

const end = async (button, subscription) => {
  await send(button.dataset.push, "DELETE", { endpoint: subscription.endpoint })
  await subscription.unsubscribe()
  return null
}

const connect = async button => {
  const offered = await fetch(button.dataset.push, { credentials: "same-origin" })
  await offered.text() // An answer that nobody reads keeps its connection.
  if (!offered.ok) return // Nobody carries push messages here.
  const worker = await navigator.serviceWorker.register(WORKER, { scope: "/" })
  await navigator.serviceWorker.ready
  let subscription = await worker.pushManager.getSubscription()
  show(button, subscription)
  button.addEventListener("click", async () => {
    button.disabled = true
    try {
      subscription = subscription
        ? await end(button, subscription)
        : await begin(button, worker)
    } catch {
      subscription = await worker.pushManager.getSubscription() // Denied, or we were not reached.
    }
    button.disabled = false
    show(button, subscription)
  })
}

if ("serviceWorker" in navigator && "PushManager" in window) {
  document.querySelectorAll("[data-push]").forEach(button => connect(button))
}
