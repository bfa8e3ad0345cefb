// SPDX-License-Identifier: Apache-2.0
// Raw sockets at the door: what libraries never send and attackers do. SCRAPED_DRIVERS names the
// folder of door_driver; an argument picks the cases whose name contains it.
import './raw/catalogue.mjs'
import './raw/framing.mjs'
import './raw/rules.mjs'
import './raw/limits.mjs'
import './raw/bulk.mjs'
import './raw/life.mjs'
import { finish } from './raw/lib.mjs'

await finish()
