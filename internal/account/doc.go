// Package account turns Account objects into REG.API clients, one shared lane per login.
//
// REG.API counts requests per user and asks for one at a time (1.2), so everything in the process that works for a
// login has to go through the same lane: the controllers, and later both webhooks. Directory is where they get their
// client from; nobody else makes one.
//
// The package reads Secrets and never writes to the API server. It imports internal/regapi and the API types only.
//
// Start reading at Directory.
package account
