package io.tillstream.local;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What Tillstream is made of when it runs on one machine, in the order in which it starts. */
public enum Part {
    POSTGRESQL("postgresql", 15432, 0),
    KAFKA("kafka", 19092, 256),
    IDENTITY("identity", 9000, 96),
    STRIPE_SIMULATOR("stripe-simulator", 12111, 256),
    PAYMENT_SERVICE("payment-service", 8082, 160),
    ORDER_SERVICE("order-service", 8081, 160),
    SUBSCRIPTION_SERVICE("subscription-service", 8083, 160),
    WEBHOOK_INGEST("webhook-ingest", 8084, 128),
    GATEWAY("gateway", 8080, 128);

    private final String label;
    private final int port;
    private final int heapMiB;

    /** @param heapMiB largest Java heap: enough for a day of trying things, and all together stay below 3 GiB */
    Part(String label, int port, int heapMiB) {
        this.label = label;
        this.port = port;
        this.heapMiB = heapMiB;
    }

    /** The name in logs, files and settings, for example {@code order-service}. */
    public String label() {
        return label;
    }

    /** The port when nothing else is asked for. */
    public int defaultPort() {
        return port;
    }

    int heapMiB() {
        return heapMiB;
    }

    /** Whether it is a Spring Boot application of this repository. */
    boolean isApplication() {
        return this != POSTGRESQL && this != KAFKA;
    }

    /** The folder of its module, from the root of the repository. */
    String module() {
        return this == IDENTITY || this == STRIPE_SIMULATOR ? "deploy/" + label : label;
    }

    /** The database it owns. */
    Optional<String> database() {
        return switch (this) {
            case ORDER_SERVICE -> Optional.of("orders");
            case PAYMENT_SERVICE -> Optional.of("payments");
            case SUBSCRIPTION_SERVICE -> Optional.of("subscriptions");
            default -> Optional.empty();
        };
    }

    static Part ownerOf(String database) {
        return Arrays.stream(values())
                .filter(part -> part.database().equals(Optional.of(database)))
                .findFirst()
                .orElseThrow(() -> new LocalFailure("there is no database '" + database + "'"));
    }

    /** The setting by which the others are told its address. */
    Optional<String> addressSetting() {
        return switch (this) {
            case POSTGRESQL, KAFKA, STRIPE_SIMULATOR, GATEWAY -> Optional.empty();
            default -> Optional.of(label.toUpperCase(java.util.Locale.ROOT).replace('-', '_') + "_URL");
        };
    }

    static List<Part> applications() {
        return Arrays.stream(values()).filter(Part::isApplication).toList();
    }
}
