#!/usr/bin/env node
// The command of an installed package.
import '../scripts/start.mjs'
