import { byId } from "./dom.js";

const toastMs = 3_200;
let hideTimer;

/** A few words over the chat, gone by themselves. */
export function showToast(text) {
  const toast = byId("toast");
  toast.textContent = text;
  toast.classList.add("is-shown");
  clearTimeout(hideTimer);
  hideTimer = setTimeout(() => toast.classList.remove("is-shown"), toastMs);
}

/** Words that wait for an OK. */
export function showAlert(text) {
  byId("alert-text").textContent = text;
  byId("alert").showModal();
}

/** Tells people who listen rather than look. */
export function announce(text) {
  byId("announcer").textContent = text;
}
