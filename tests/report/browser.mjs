// Opens html reports in a browser and uses them as a reader does. Prints one line a check, "ok WHAT" or
// "not ok WHAT: WHY". No page may ask for anything but its own file.
//
// usage: node browser.mjs PLAYWRIGHT CHROMIUM DIRECTORY FILE...     (screenshots go to DIRECTORY)

import fs from "fs";
import os from "os";
import path from "path";
import url from "url";

const [playwright, executablePath, shots, ...files] = process.argv.slice(2);
const { chromium } = await import(url.pathToFileURL(playwright));
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
	"--disable-background-networking", "--disable-component-update", "--disable-sync"];
let name = "";

const check = (what, holds, why = "") =>
	console.log((holds ? "ok " : "not ok ") + name + ": " + what + (holds ? "" : ": " + why));

const open = async (options, use) => {
	const home = fs.mkdtempSync(path.join(os.tmpdir(), "ingress2gw-browser-"));
	const context = await chromium.launchPersistentContext(home, {
		executablePath, headless: true, args: flags, offline: true, viewport: { width: 1180, height: 900 },
		...options,
	});
	try {
		await use(context);
	} finally {
		await context.close();
		fs.rmSync(home, { recursive: true, force: true });
	}
};

// A page that listens to everything that should not happen.
const visit = async (context, file) => {
	const page = await context.newPage();
	const bad = [];
	page.on("request", (request) => request.url().split("#")[0] !== file && bad.push("asks for " + request.url()));
	page.on("console", (message) => bad.push(message.text()));
	page.on("pageerror", (error) => bad.push(String(error)));
	page.on("dialog", (dialog) => { bad.push("dialog " + dialog.message()); dialog.dismiss(); });
	await page.goto(file);
	return { page, bad };
};

const fits = (page) => page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth);
const shoot = (page, kind) => page.screenshot({ path: path.join(shots, name + "-" + kind + ".png") });
const visible = (page) => page.locator("#findings > .finding:visible").count();

const read = async (page) => {
	const findings = await page.locator("#findings > .finding").count();
	check("the data for programs parses", await page.evaluate(() =>
		JSON.parse(document.querySelector("#ingress2gw-report").textContent).version === 1));
	check("nothing from a manifest was run", await page.evaluate(() => window.pwned === undefined));
	return findings;
};

// A command that stands beside the text is copied as it stands there.
const useCopy = async (context, first) => {
	const copy = first.locator("[data-copy]");
	if (!await copy.count())
		return;
	await context.grantPermissions(["clipboard-read", "clipboard-write"]);
	await copy.click();
	await copy.page().waitForFunction((button) => button.textContent !== "Copy", await copy.elementHandle());
	const text = await first.locator(".copy pre").textContent();
	const copied = await copy.page().evaluate(() => navigator.clipboard.readText());
	check("copies the command", copied === text && text.startsWith("curl "), copied);
};

// What the tools above the list do.
const use = async (context, page, findings) => {
	const button = (level) => page.locator(`.tools [data-level=${level}]`);
	const count = (level) => page.locator(`#findings > .finding[data-severity=${level}]`).count();
	check("all are shown at first", await visible(page) === findings, await visible(page));
	const levels = await page.locator(".tools [data-level]").evaluateAll((list) => list.map((one) => one.dataset.level));
	for (const level of levels)
		await button(level).click();
	check("no level, no finding", await visible(page) === 0 && await page.locator("#none").isVisible());
	await button("warning").click();
	check("one level", await visible(page) === await count("warning"));
	for (const level of levels.filter((one) => one !== "warning"))
		await button(level).click();

	const first = page.locator("#findings > .finding").first();
	const code = (await first.getAttribute("data-code")).split(" ")[0];
	const same = await page.locator(`#findings > .finding[data-code~=${code}]`).count();
	await page.selectOption("#code", code);
	check("one code", await visible(page) === same, await visible(page));
	await page.selectOption("#code", "");
	await page.fill("input[type=search]", "zzz no such text");
	check("a search without hits", await visible(page) === 0);
	const text = (await first.locator("summary").textContent()).includes(code) ? code :
		(await first.locator(".what").textContent()).trim();
	await page.fill("input[type=search]", text.toLowerCase());
	check("a search with hits", await visible(page) >= (text === code ? same : 1), await visible(page));
	await page.fill("input[type=search]", "");
	check("the number of findings is said", await page.locator(".shown").textContent() === `${findings} of ${findings}`);

	const orders = await page.locator("#order option").evaluateAll((list) => list.map((one) => one.value));
	for (const [order, key] of [["place", "place"], ["code", "code"], ["object", "object"]]) {
		if (!orders.includes(order))
			continue;
		await page.selectOption("#order", order);
		const keys = await page.locator("#findings > .finding").evaluateAll(
			(list, name) => list.map((one) => name === "place" ? Number(one.dataset.place) : one.dataset[name]), key);
		check("in order of " + order, keys.every((one, i) => !i || keys[i - 1] <= one), keys.join(" "));
	}
	await page.selectOption("#order", "severity");
	await page.click("#fold");
	check("all open", await page.locator("#findings > .finding[open]").count() === findings);
	await page.click("#fold");
	check("all closed", await page.locator("#findings > .finding[open]").count() === 0);
	await first.locator("summary").click();
	check("one opens", await first.locator(".more").isVisible());
	await useCopy(context, first);
	await first.locator(`.more a[href="#${code}"]`).first().click();
	check("its link leads to the meaning of its code", page.url().endsWith("#" + code), page.url());
	await page.evaluate(() => { history.replaceState(null, "", location.pathname); scrollTo(0, 0); });
};

const withScript = (file) => open({}, async (context) => {
	const { page, bad } = await visit(context, file);
	const findings = await read(page);

	await page.emulateMedia({ colorScheme: "light" });
	const light = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
	await shoot(page, "light");
	if (findings)
		await use(context, page, findings);
	await page.emulateMedia({ colorScheme: "dark" });
	const dark = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
	check("light and dark", light !== dark, light);
	await shoot(page, "dark");
	check("fits its window", await fits(page));
	await page.setViewportSize({ width: 390, height: 844 });
	check("fits a telephone", await fits(page));
	await shoot(page, "narrow");
	await page.setViewportSize({ width: 1180, height: 900 });
	await page.emulateMedia({ colorScheme: "light", media: "print" });
	check("prints without tools", await page.locator(".tools:visible").count() === 0);
	if (findings)
		check("prints what is folded", await page.locator("#findings .more").last().evaluate(
			(more) => more.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) &&
				more.getBoundingClientRect().height > 0));
	await shoot(page, "print");
	check("asks for nothing and runs nothing", !bad.length, bad.join("; ").slice(0, 500));
});

const withoutScript = (file) => open({ javaScriptEnabled: false }, async (context) => {
	const { page, bad } = await visit(context, file);
	const first = page.locator("#findings > .finding").first();

	check("no tools without script", await page.locator(".tools:visible").count() === 0);
	if (await first.count()) {
		await first.locator("summary").click();
		check("opens without script", await first.locator(".more").isVisible());
	}
	check("asks for nothing without script", !bad.length, bad.join("; ").slice(0, 500));
});

for (const file of files) {
	name = path.basename(file, ".html");
	await withScript(url.pathToFileURL(path.resolve(file)).href);
	await withoutScript(url.pathToFileURL(path.resolve(file)).href);
}
