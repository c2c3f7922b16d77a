// Rates a policy on content: node policy.mjs POLICY. Prints a JSON list of {directive, description, severity}.

import { createRequire } from "node:module"

const require = createRequire(import.meta.url)
const { CspEvaluator } = require("csp_evaluator/dist/evaluator.js")
const { CspParser } = require("csp_evaluator/dist/parser.js")

console.log(JSON.stringify(new CspEvaluator(new CspParser(process.argv[2]).csp).evaluate()))
