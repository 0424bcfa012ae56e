// What a page of one origin may ask of `serve`, which is another one, as the browser decides it by the answers; and
// the status page. Prints one line a check, "ok WHAT" or "not ok WHAT: WHY".
//
// usage: node browser.mjs PLAYWRIGHT CHROMIUM ABOUT      (ABOUT is JSON: origin, api, host, admin, shots)

import fs from "fs";
import os from "os";
import path from "path";
import url from "url";

const [playwright, executablePath, about] = process.argv.slice(2);
const { origin, api, host, admin, shots } = JSON.parse(about);
const { chromium } = await import(url.pathToFileURL(playwright));
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
	"--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
	`--host-resolver-rules=MAP page.test 127.0.0.1, MAP ${host} 127.0.0.1`,
	// Both are addresses of this machine: whether a page may ask a private network is not the question.
	"--disable-features=BlockInsecurePrivateNetworkRequests,LocalNetworkAccessChecks,PrivateNetworkAccessSendPreflights"];

const check = (what, holds, why = "") =>
	console.log((holds ? "ok " : "not ok ") + what + (holds ? "" : ": " + why));

const home = fs.mkdtempSync(path.join(os.tmpdir(), "ingress2gw-browser-"));
const context = await chromium.launchPersistentContext(home, {
	executablePath, headless: true, args: flags, viewport: { width: 1180, height: 900 },
});

// What a script of the page gets: status, body and one header, or the error.
const ask = (page, where, options = {}) => page.evaluate(async ([target, how]) => {
	try {
		const answer = await fetch(target, how);
		return { status: answer.status, said: await answer.json(), shown: answer.headers.get("x-shown"),
			hidden: answer.headers.get("x-hidden") };
	} catch (error) {
		return { error: String(error) };
	}
}, [api + where, options]);

const crossOrigin = async () => {
	const page = await context.newPage();
	const methods = [];
	page.on("request", (request) => request.url().startsWith(api) && methods.push(request.method()));
	await page.goto(origin);

	let got = await ask(page, "/allowed", { headers: {} });
	check("an allowed origin reads its answer", got.status === 200 && got.said.service === "app", JSON.stringify(got));
	check("the backend is told of the origin", got.said?.headers?.Origin?.[0] === origin, JSON.stringify(got.said?.headers));

	const set = { "X-Asked": "X-Shown:yes" };
	got = await ask(page, "/allowed?a", { method: "PUT", headers: set, body: "x" });
	check("a preflight lets an allowed method and field through", got.status === 200 && got.said.method === "PUT", JSON.stringify(got));
	got = await ask(page, "/allowed", { method: "DELETE" });
	check("a method that is not allowed is not sent", got.error, JSON.stringify(got));
	got = await ask(page, "/allowed", { headers: { "X-Other": "1" } });
	check("a field that is not allowed is not sent", got.error, JSON.stringify(got));
	got = await ask(page, "/allowed", { credentials: "include" });
	check("credentials that are not allowed keep the answer away", got.error, JSON.stringify(got));

	await page.context().addCookies([{ name: "c", value: "1", url: api, sameSite: "Lax" }]);
	got = await ask(page, "/credentials", { credentials: "include" });
	check("allowed credentials", got.status === 200, JSON.stringify(got));

	got = await ask(page, "/denied");
	check("another origin's permission is none", got.error, JSON.stringify(got));
	got = await ask(page, "/denied", { method: "PUT" });
	check("nor is it for a preflight", got.error, JSON.stringify(got));
	got = await ask(page, "/plain");
	check("no permission without the filter", got.error, JSON.stringify(got));
	got = await ask(page, "/wildcard");
	check("anybody is allowed where * is", got.status === 200, JSON.stringify(got));
	await page.close();
};

// Which fields of an answer a script may look at: those that are exposed.
const exposed = async () => {
	const page = await context.newPage();
	await page.goto(origin);
	const names = await page.evaluate(async (target) => [...(await fetch(target)).headers.keys()], api + "/allowed");
	check("fields that are not exposed stay hidden", names.every((one) =>
		["cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma",
			"x-shown"].includes(one)), names.join(" "));
	await page.close();
};

// The same origin needs no permission.
const sameOrigin = async () => {
	const page = await context.newPage();
	await page.goto(api + "/plain");
	const got = await ask(page, "/plain");
	check("the same origin needs no permission", got.status === 200, JSON.stringify(got));
	await page.close();
};

const status = async () => {
	const page = await context.newPage();
	const bad = [];
	page.on("console", (message) => bad.push(message.text()));
	page.on("pageerror", (error) => bad.push(String(error)));
	page.on("requestfailed", (request) => bad.push("fails: " + request.url()));
	page.on("request", (request) => !request.url().startsWith(admin) && bad.push("asks for " + request.url()));
	await page.goto(admin);
	const text = await page.evaluate(() => document.body.innerText);
	for (const word of ["httproute", "/allowed", host])
		check("the status page speaks of " + word, text.includes(word), JSON.stringify(text.slice(0, 600)));
	for (const [kind, colorScheme] of [["light", "light"], ["dark", "dark"]]) {
		await page.emulateMedia({ colorScheme });
		await page.screenshot({ path: path.join(shots, "serve-status-" + kind + ".png"), fullPage: true });
	}
	check("it fits its window", await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth));
	await page.setViewportSize({ width: 390, height: 844 });
	await page.screenshot({ path: path.join(shots, "serve-status-narrow.png"), fullPage: true });
	check("it fits a telephone", await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth));
	check("it asks for nothing else", !bad.length, bad.join("; ").slice(0, 500));
	const counted = (await (await context.request.get(admin + "metrics")).text()).match(/^ingress2gw_\w*requests\w*\{.*200.*\} (\d+)/m);
	check("the metrics have counted", counted && Number(counted[1]) > 0, String(counted));
	await page.close();
};

try {
	await crossOrigin();
	await exposed();
	await sameOrigin();
	await status();
} finally {
	await context.close();
	fs.rmSync(home, { recursive: true, force: true });
}
