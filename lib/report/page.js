"use strict";
(() => {
	const all = (selector) => [...document.querySelectorAll(selector)];
	const tools = document.querySelector(".tools");

	document.documentElement.classList.add("js");
	addEventListener("beforeprint", () => all("details").forEach((fold) => { fold.open = true; }));
	for (const button of all("[data-copy]")) {
		const text = button.parentElement.querySelector("pre");
		const select = () => getSelection().selectAllChildren(text);

		button.hidden = false;
		button.addEventListener("click", () => {
			const done = navigator.clipboard ? navigator.clipboard.writeText(text.textContent) : Promise.reject();

			done.then(() => { button.textContent = "Copied"; }, () => {
				select();
				button.textContent = "Selected";
			});
		});
	}
	if (!tools)
		return;

	const list = document.querySelector("#findings");
	const findings = all("#findings > .finding");
	const none = document.querySelector("#none");
	const shown = tools.querySelector(".shown");
	const search = tools.querySelector("[type=search]");
	const code = tools.querySelector("#code");
	const order = tools.querySelector("#order");
	const levels = [...tools.querySelectorAll("[data-level]")];
	const texts = new Map(findings.map((finding) => [finding, finding.textContent.toLowerCase()]));
	const pressed = (button) => button.getAttribute("aria-pressed") === "true";
	const rank = { error: 0, warning: 1, info: 2, ok: 3 };
	const keys = {
		place: (finding) => Number(finding.dataset.place),
		severity: (finding) => rank[finding.dataset.severity],
		code: (finding) => finding.dataset.code,
		object: (finding) => finding.dataset.object,
	};

	const filter = () => {
		const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
		const open = new Set(levels.filter(pressed).map((button) => button.dataset.level));
		let count = 0;

		for (const finding of findings) {
			const fits = open.has(finding.dataset.severity) &&
				(!code.value || finding.dataset.code.split(" ").includes(code.value)) &&
				words.every((word) => texts.get(finding).includes(word));
			finding.hidden = !fits;
			count += fits;
		}
		none.hidden = count > 0;
		shown.textContent = count + " of " + findings.length;
	};

	const sort = () => {
		const key = keys[order.value];
		const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

		findings.sort((a, b) => compare(key(a), key(b)) || compare(keys.place(a), keys.place(b)));
		list.append(...findings);
	};

	for (const button of levels)
		button.addEventListener("click", () => {
			button.setAttribute("aria-pressed", String(!pressed(button)));
			filter();
		});
	search.addEventListener("input", filter);
	code.addEventListener("change", filter);
	order.addEventListener("change", sort);
	tools.querySelector("#fold").addEventListener("click", () => {
		const visible = findings.filter((finding) => !finding.hidden);
		const open = visible.some((finding) => !finding.open);

		visible.forEach((finding) => { finding.open = open; });
	});
	for (const link of all("[data-only]"))
		link.addEventListener("click", () => {
			code.value = link.dataset.only;
			filter();
		});
	filter();
})();
