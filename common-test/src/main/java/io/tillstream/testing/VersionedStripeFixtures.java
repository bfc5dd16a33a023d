package io.tillstream.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The same objects as each version of Stripe's API writes them, from {@code stripe-versions}. See the README there for
 * what moved when.
 */
public final class VersionedStripeFixtures {

    /** From the oldest that is looked at to the newest. */
    public static final List<String> ALL = List.of(
            "2022-08-01", "2023-10-16", "2024-06-20", "2025-03-31.basil", "2026-07-29.dahlia", "2026-11-18.endive");

    /** Which nobody has looked at: of tomorrow, no version at all, no text. */
    public static final List<String> UNKNOWN = List.of("\"2099-01-31.zinnia\"", "\"next\"", "\"\"", "20990131");

    private VersionedStripeFixtures() {}

    /** An object, as {@code invoice} or {@code payment_intent.failed}. */
    public static String object(String kind, String version) {
        String path = "/stripe-versions/" + kind + "/" + version + ".json";
        try (InputStream in = VersionedStripeFixtures.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("no " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An event about it, as an endpoint of that version gets it. */
    public static String event(String type, long created, String version, String object) {
        return eventOf(type, created, "\"" + version + "\"", object);
    }

    /** The same with anything in place of the version. */
    public static String eventOf(String type, long created, @Nullable String versionJson, String object) {
        return """
                {"id": "evt_%s", "object": "event", "api_version": %s, "created": %d, "livemode": false,
                 "pending_webhooks": 1, "request": {"id": null, "idempotency_key": null}, "type": "%s",
                 "data": {"object": %s}}""".formatted(UUID.randomUUID().toString().replace("-", ""), versionJson, created, type, object);
    }
}
