package io.tillstream.benchmark;

import java.util.Arrays;
import java.util.Locale;

/** What can be measured. */
enum Scenario {
    ORDERS("orders paid by card in one call, and what follows from Stripe's events") {
        @Override
        void run(Options options, Report report) {
            new Orders(options, report).run();
        }
    },
    IDLE("what it costs while nobody wants anything") {
        @Override
        void run(Options options, Report report) {
            new Idle(report).run();
        }
    },
    WEBHOOKS("Stripe's events, answered when Kafka has them") {
        @Override
        void run(Options options, Report report) {
            new Webhooks(options, report).run();
        }
    },
    GATEWAY("requests that the gateway hands on, or refuses") {
        @Override
        void run(Options options, Report report) {
            new Gateway(options, report).run();
        }
    };

    private final String description;

    Scenario(String description) {
        this.description = description;
    }

    abstract void run(Options options, Report report);

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    String description() {
        return description;
    }

    static Scenario named(String label) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + label + "' cannot be measured; there are "
                        + Arrays.stream(values()).map(Scenario::label).toList() + "; see ./benchmark --help"));
    }
}
