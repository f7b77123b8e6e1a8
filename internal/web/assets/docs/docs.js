// Shows the API reference in the place of the list that stands there without a script.
const place = document.getElementById('reference');
const root = new URL(place.dataset.root || './', location.href);
const tokenButton = document.getElementById('token');
const said = document.getElementById('said');

const configuration = {
	url: new URL('openapi.json', root).href,
	// The server that this page came from, by whichever of its names.
	servers: [{ url: root.href.replace(/\/$/, ''), description: 'This site.' }],
	agent: { disabled: true },
	mcp: { disabled: true },
	showDeveloperTools: 'never',
	telemetry: false,
	withDefaultFonts: false,
	hideClientButton: true,
	documentDownloadType: 'none',
	theme: 'default',
	// Texts that are small or quiet keep a contrast that everybody can read.
	customCss: `
		.light-mode { --scalar-color-3: #5c5c5c; --scalar-color-2: #595959; --scalar-color-blue: #0063a8; --scalar-color-green: #006b3f; --scalar-color-orange: #9a4a00; --scalar-color-red: #b3001b; --scalar-color-purple: #6b3fc0; --scalar-color-yellow: #7a5b00; }
		.dark-mode { --scalar-color-3: #a4a4a4; --scalar-color-2: #b4b4b4; }
		.sidebar-search-placeholder { color: var(--scalar-color-2) !important; }
		section:focus { outline: none; }
	`,
	expandAllResponses: false,
	operationTitleSource: 'summary',
	defaultOpenAllTags: false,
	generateOperationSlug: (operation) => operation.operationId ?? `${operation.method}${operation.path}`,
	metaData: { title: document.title },
	authentication: { preferredSecurityScheme: 'bearerAuth' },
};

document.documentElement.classList.add('scripted');
document.getElementById('list').hidden = true;
const reference = globalThis.Scalar.createApiReference(place, configuration);

// Scalar's buttons that copy have a picture and no name.
new MutationObserver(() => {
	for (const button of place.querySelectorAll('.scalar-code-copy:not([aria-label])')) button.setAttribute('aria-label', place.dataset.copy);
}).observe(place, { childList: true, subtree: true });

// A stand-in asks nobody who makes a token for a credential.
tokenButton?.addEventListener('click', async () => {
	tokenButton.disabled = true;
	try {
		const answer = await fetch(new URL('_roster/tokens', root), {
			method: 'POST',
			credentials: 'omit',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ accountId: tokenButton.dataset.account, label: tokenButton.dataset.label, expiresIn: '1d' }),
		});
		if (!answer.ok) throw new Error(String(answer.status));
		const { token } = await answer.json();
		reference.updateConfiguration({
			...configuration,
			authentication: { preferredSecurityScheme: 'bearerAuth', securitySchemes: { bearerAuth: { token } } },
		});
		said.textContent = tokenButton.dataset.done; // a second one would do no more
	} catch {
		said.textContent = tokenButton.dataset.failed;
		tokenButton.disabled = false;
	}
});
