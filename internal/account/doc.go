// Package account turns Account objects into connections to REG.API, one lane and budget per login.
//
// REG.API counts requests per user and asks for one at a time (1.2), so everything in the process that works for a
// login has to go through the same lane and pay the same budget: the controllers, and later both webhooks. Directory is
// where they get their Connection from; nobody else makes one. A Connection has
//
//   - a regapi.Client, for everything that is asked for seldom;
//   - Zones, which gathers reads and writes of zones until the lane is free, and then sends as many as possible together;
//   - an Inventory, which reads everything that objects refer to by list calls, and wakes only what has changed.
//
// Budgets survive the process in a ConfigMapLedger. The package reads Secrets and writes nothing else to the API server.
// It imports internal/regapi and the API types only.
//
// Start reading at Directory, then Zones and Inventory.
package account
