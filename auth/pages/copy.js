// SPDX-License-Identifier: Apache-2.0
// The copy button of a value that is shown once. Without it, the value can be selected by a click.
const secret = document.getElementById('secret')
const button = document.getElementById('copy')
const copied = document.getElementById('copied')

function select() {
	getSelection().selectAllChildren(secret)
}

button.hidden = false
button.addEventListener('click', async () => {
	try {
		await navigator.clipboard.writeText(secret.textContent)
		copied.textContent = 'Copied'
	} catch {
		select()
		copied.textContent = 'Selected: copy it with your keyboard'
	}
})
