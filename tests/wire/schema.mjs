// SPDX-License-Identifier: Apache-2.0
// The part of JSON Schema that our OpenAPI document uses, checked strictly: a keyword nobody here
// knows is an error, so the document cannot grow past what is tested.

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)
const typeOf = v => v === null ? 'null' : Array.isArray(v) ? 'array' : typeof v
const isType = (v, type) => type === 'integer' ? Number.isInteger(v) : typeOf(v) === type
const length = s => [...s].length

const rules = {
	type: (v, want) => [].concat(want).some(type => isType(v, type)),
	const: (v, want) => same(v, want),
	enum: (v, want) => want.some(one => same(v, one)),
	minimum: (v, want) => typeof v !== 'number' || v >= want,
	maximum: (v, want) => typeof v !== 'number' || v <= want,
	minLength: (v, want) => typeof v !== 'string' || length(v) >= want,
	maxLength: (v, want) => typeof v !== 'string' || length(v) <= want,
	minItems: (v, want) => !Array.isArray(v) || v.length >= want,
	maxItems: (v, want) => !Array.isArray(v) || v.length <= want,
	required: (v, want) => typeOf(v) !== 'object' || want.every(name => name in v),
}
const words = new Set(['description', 'default', 'title', 'examples', 'example', 'format', '$schema'])

/** The first thing wrong with v, as text with its path, or null. */
export function schemaFault(doc, schema, v, at = '$') {
	if (schema === true)
		return null
	if (schema === false)
		return `${at}: nothing is allowed here`
	for (const [word, want] of Object.entries(schema)) {
		if (rules[word]) {
			if (!rules[word](v, want))
				return `${at}: ${word} ${JSON.stringify(want)} against ${(JSON.stringify(v) ?? 'nothing').slice(0, 200)}`
		} else if (parts[word]) {
			const fault = parts[word](doc, schema, v, at)
			if (fault)
				return fault
		} else if (!words.has(word)) {
			return `${at}: the schema has the unknown word ${word}`
		}
	}
	return null
}

const parts = {
	$ref: (doc, schema, v, at) => schemaFault(doc, resolve(doc, schema.$ref), v, at),
	allOf: (doc, schema, v, at) => {
		for (const one of schema.allOf) {
			const fault = schemaFault(doc, one, v, at)
			if (fault)
				return fault
		}
		return null
	},
	anyOf: (doc, schema, v, at) => {
		const faults = schema.anyOf.map(one => schemaFault(doc, one, v, at))
		return faults.includes(null) ? null : `${at}: none of anyOf: ${faults.join('; ')}`
	},
	items: (doc, schema, v, at) => {
		for (const [i, one] of (Array.isArray(v) ? v : []).entries()) {
			const fault = schemaFault(doc, schema.items, one, `${at}[${i}]`)
			if (fault)
				return fault
		}
		return null
	},
	properties: (doc, schema, v, at) => {
		for (const [name, one] of Object.entries(typeOf(v) === 'object' ? schema.properties : {})) {
			const fault = name in v ? schemaFault(doc, one, v[name], `${at}.${name}`) : null
			if (fault)
				return fault
		}
		return null
	},
	additionalProperties: (doc, schema, v, at) => {
		for (const name of Object.keys(typeOf(v) === 'object' ? v : {})) {
			const fault = name in (schema.properties ?? {}) ? null :
				schemaFault(doc, schema.additionalProperties, v[name], `${at}.${name}`)
			if (fault)
				return fault
		}
		return null
	},
}

/** "#/components/schemas/Error" in doc. */
export function resolve(doc, ref) {
	const found = ref.replace(/^#\//, '').split('/').reduce((at, name) => at?.[name], doc)
	if (!ref.startsWith('#/') || found === undefined)
		throw new Error(`${ref} leads nowhere`)
	return found
}

/** What is wrong with an OpenAPI document as such: a list of sentences. */
export function documentFaults(doc) {
	const faults = []
	const want = (ok, why) => { if (!ok) faults.push(why) }
	want(/^3\.1\.\d+$/.test(doc.openapi), 'openapi is 3.1.x')
	want(doc.info?.title && doc.info?.version, 'info has title and version')
	const ids = new Set()
	for (const [path, methods] of Object.entries(doc.paths ?? {})) {
		want(path.startsWith('/'), `${path} begins with a slash`)
		for (const [method, it] of Object.entries(methods)) {
			const name = `${method} ${path}`
			want(/^(get|put|post|delete|patch|head|options)$/.test(method), `${name}: a method`)
			want(it.operationId && !ids.has(it.operationId), `${name}: an operationId of its own`)
			ids.add(it.operationId)
			want(it.summary, `${name}: a summary`)
			want(Object.keys(it.responses ?? {}).length > 0, `${name}: responses`)
			const named = (it.parameters ?? []).filter(p => p.in === 'path').map(p => p.name)
			want(same(named, [...path.matchAll(/\{(\w+)\}/g)].map(m => m[1])), `${name}: its path's parameters`)
			for (const body of bodiesOf(it)) {
				want(body.schema, `${name}: a schema for each body`)
				if (body.example !== undefined && schemaFault(doc, body.schema, body.example))
					faults.push(`${name}: example ${schemaFault(doc, body.schema, body.example)}`)
			}
			for (const [status, answer] of Object.entries(it.responses ?? {}))
				want(/^([2-5]\d\d|default)$/.test(status) && answer.description, `${name}: ${status} with a description`)
		}
	}
	for (const need of [].concat(...(doc.security ?? []).map(Object.keys)))
		want(doc.components?.securitySchemes?.[need], `the security scheme ${need} is described`)
	visit(doc, at => { if (typeof at.$ref === 'string') resolve(doc, at.$ref) })
	return faults
}

function bodiesOf(operation) {
	const all = [operation.requestBody, ...Object.values(operation.responses ?? {})]
	return all.flatMap(one => Object.values(one?.content ?? {}))
}

function visit(at, see) {
	if (at === null || typeof at !== 'object')
		return
	see(at)
	for (const one of Object.values(at))
		visit(one, see)
}
