// Runs in the browser when a push message comes: shows it, and opens the debtor's page on a click.
"use strict"

self.addEventListener("push", event => {
  let told = {}
  try {
    told = event.data ? event.data.json() : {}
  } catch {
    told = { title: event.data.text() }
  }
  // A message of the same tag takes the place of the one that is shown.
  event.waitUntil(self.registration.showNotification(told.title || "usance", {
    body: told.body || "",
    tag: told.tag || "usance",
    lang: told.language || "",
    data: { url: told.url || "" },
  }))
})

self.addEventListener("notificationclick", event => {
  event.notification.close()
  const url = new URL(event.notification.data.url || "/", self.location.origin)
  if (!event.notification.data.url || url.origin !== self.location.origin) return
  event.waitUntil(self.clients.openWindow(url.href))
})
