// Judges the pages kept in a folder: node pages.mjs FOLDER STATIC CHROMIUM. Prints a JSON line for the first finding
// of each rule on each page: {judge, page, width, rule, told}. The pages are served on the loopback, with the style sheets of the tree.

import { execFileSync } from "node:child_process"
import { readFileSync, readdirSync } from "node:fs"
import { createServer } from "node:http"
import { createRequire } from "node:module"
import { extname, join, normalize } from "node:path"
import { Audit } from "@siteimprove/alfa-act"
import { Playwright } from "@siteimprove/alfa-playwright"
import rules from "@siteimprove/alfa-rules"
import { chromium } from "playwright-core"

const [folder, statics, executablePath] = process.argv.slice(2)
const WIDTHS = [1280, 768, 320]
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" }
const SANDBOX = ["--no-sandbox", "--disable-gpu"]
const require = createRequire(import.meta.url)
const { QualWeb } = require("@qualweb/core")
const { ACTRules } = require("@qualweb/act-rules")
const { WCAGTechniques } = require("@qualweb/wcag-techniques")
const ENGINE = readFileSync(require.resolve("accessibility-checker-engine/ace.js"), "utf8")
const VALIDATOR = require.resolve("vnu-jar/build/dist/vnu.jar")

const names = readdirSync(folder).filter((name) => name.endsWith(".html")).sort()

const told = new Set()

function tell(judge, page, width, rule, words) {
    const key = [judge, page, rule].join()
    if (told.has(key)) return
    told.add(key)
    const said = String(words).replaceAll(/\s+/g, " ").slice(0, 300)
    console.log(JSON.stringify({ judge, page: page.replace(".html", ""), width, rule, told: said }))
}

const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname))
    const file = path.startsWith("/static/") ? join(statics, path.slice("/static/".length)) : join(folder, path)
    try {
        response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream")
        response.end(readFileSync(file))
    } catch {
        response.writeHead(404).end()
    }
})
await new Promise((ready) => server.listen(0, "127.0.0.1", ready))
const base = `http://127.0.0.1:${server.address().port}`

async function ibm(page, name, width) {
    await page.evaluate(ENGINE)
    const report = await page.evaluate(async () => await new ace.Checker().check(document, ["WCAG_2_2"]))
    for (const { ruleId, value, message, snippet } of report.results) {
        if (value[0] === "VIOLATION" && value[1] === "FAIL") tell("ibm", name, width, ruleId, `${message} ${snippet}`)
    }
}

async function alfa(page, name, width) {
    const document = await page.evaluateHandle(() => window.document)
    const outcomes = await Audit.of(await Playwright.toPage(document), [...rules]).evaluate()
    for (const outcome of outcomes) {
        const { outcome: verdict, rule, target } = outcome.toJSON()
        if (verdict === "failed") tell("alfa", name, width, rule.uri.split("/").pop(), JSON.stringify(target))
    }
}

async function byAlfaAndIbm() {
    const browser = await chromium.launch({ executablePath, args: SANDBOX })
    for (const width of WIDTHS) {
        const page = await browser.newPage({ bypassCSP: true, locale: "fr-FR", viewport: { width, height: 900 } })
        for (const name of names) {
            await page.goto(`${base}/${name}`)
            await ibm(page, name, width)
            await alfa(page, name, width)
        }
        await page.close()
    }
    await browser.close()
}

async function byQualWeb() {
    const qualweb = new QualWeb({ adBlock: false, stealth: false })
    await qualweb.start({ maxConcurrency: 2, timeout: 60_000 }, { executablePath, args: SANDBOX, headless: true })
    const viewport = { mobile: false, landscape: true, resolution: { width: WIDTHS[0], height: 900 } }
    for (const name of names) {
        const url = `${base}/${name}`
        const reports = await qualweb.evaluate({ url, viewport, modules: [new ACTRules(), new WCAGTechniques()] })
        const assertions = Object.values(reports[url].modules).flatMap((module) => Object.entries(module.assertions))
        for (const [code, { name: words, results }] of assertions) {
            const failed = results.find(({ verdict }) => verdict === "failed")
            if (failed) tell("qualweb", name, WIDTHS[0], code, `${words} ${failed.elements?.[0]?.htmlCode ?? ""}`)
        }
    }
    await qualweb.stop()
}

function byValidator() {
    const files = names.map((name) => join(folder, name))
    const options = ["--format", "json", "--stdout", "--exit-zero-always"]
    const report = execFileSync("java", ["-jar", VALIDATOR, ...options, ...files], { maxBuffer: 2 ** 28 })
    for (const { type, url, message, extract } of JSON.parse(report).messages) {
        if (type === "error") tell("vnu", url.split("/").pop(), 0, message.slice(0, 80), extract)
    }
}

byValidator()
await byAlfaAndIbm()
await byQualWeb()
server.close()
console.error(`${names.length} pages judged`)
process.exit(0)
