package regapitest

import (
	"log/slog"
	"time"
)

// config is what the options fill.
type config struct {
	listen, dnsListen string
	tls               bool
	clock             Clock
	seed              uint64
	hourlyLimit       int
	blockFor          time.Duration
	publishDelay      time.Duration
	dnssecDelay       time.Duration
	orderDelay        time.Duration
	renewalDelay      time.Duration
	latency           time.Duration
	journalLimit      int
	journalBytes      int
	hook              func(Stage, *Entry)
	logger            *slog.Logger
	behaviour         Behaviour
}

func defaultConfig() config {
	return config{
		listen:       "127.0.0.1:0",
		dnsListen:    "127.0.0.1:0",
		clock:        &offsetClock{},
		hourlyLimit:  1200,
		blockFor:     10 * time.Minute,
		dnssecDelay:  time.Minute,
		journalLimit: 100_000,
		journalBytes: 64 << 20,
		hook:         func(Stage, *Entry) {},
		logger:       slog.New(slog.DiscardHandler),
	}
}

// Option sets up a [Server].
type Option func(*config)

// WithListen sets the address of HTTP; the default is a free port of 127.0.0.1.
func WithListen(address string) Option { return func(c *config) { c.listen = address } }

// WithDNSListen sets the address of DNS, UDP and TCP alike; the default is a free port of 127.0.0.1.
func WithDNSListen(address string) Option { return func(c *config) { c.dnsListen = address } }

// WithTLS serves HTTPS with a certificate of a CA made for this server: see [Server.CACertificatePEM].
func WithTLS() Option { return func(c *config) { c.tls = true } }

// WithClock sets the clock of limits, publication and journal. The default is real time, which the control endpoint can move.
func WithClock(clock Clock) Option { return func(c *config) { c.clock = clock } }

// WithSeed sets the seed of everything that is left to chance: types that flip and faults with a probability.
func WithSeed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// WithHourlyLimit sets the requests that a user, and an IP address, may make in any hour; the default is 1200 (1.2), 0 is no limit.
func WithHourlyLimit(requests int) Option { return func(c *config) { c.hourlyLimit = requests } }

// WithBlockFor sets how long a user or an address stays blocked after it went over the limit; the default is ten minutes.
func WithBlockFor(duration time.Duration) Option { return func(c *config) { c.blockFor = duration } }

// WithPublishDelay sets the time from a change of a zone to its appearance in DNS.
func WithPublishDelay(delay time.Duration) Option { return func(c *config) { c.publishDelay = delay } }

// WithDNSSECDelay sets how long a change of a domain's DNSSEC takes, with the status updating; the default is a minute.
func WithDNSSECDelay(delay time.Duration) Option { return func(c *config) { c.dnssecDelay = delay } }

// WithOrderDelay sets how long the registry takes for a registration or a transfer once it is paid; the default is no time at all.
func WithOrderDelay(delay time.Duration) Option { return func(c *config) { c.orderDelay = delay } }

// WithRenewalDelay sets how long a renewal takes to show once it is paid; the default is no time at all. The money moves at once.
func WithRenewalDelay(delay time.Duration) Option {
	return func(c *config) { c.renewalDelay = delay }
}

// WithLatency makes every request take at least so long.
func WithLatency(latency time.Duration) Option { return func(c *config) { c.latency = latency } }

// WithJournalLimit sets how many requests the journal keeps; the oldest go first. The default is 100,000.
func WithJournalLimit(entries int) Option { return func(c *config) { c.journalLimit = entries } }

// WithJournalBytes sets about how much memory the journal takes; the oldest requests go first. The default is 64 MiB.
func WithJournalBytes(size int) Option { return func(c *config) { c.journalBytes = size } }

// WithHook calls hook at each stage of each request, outside of the server's locks: it may take its time, and may call the server. The entry is
// the hook's own copy.
func WithHook(hook func(stage Stage, request *Entry)) Option {
	return func(c *config) { c.hook = hook }
}

// WithLogger logs one line per request.
func WithLogger(logger *slog.Logger) Option { return func(c *config) { c.logger = logger } }

// WithBehaviour sets everything that the documentation leaves open.
func WithBehaviour(behaviour Behaviour) Option {
	return func(c *config) { c.behaviour = behaviour }
}
