package io.tillstream.simulator.paymentmethod;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Stripe's test cards, from {@code test-cards.txt}. No other card number is taken. */
public final class TestCards {
    private static final Map<String, TestCard> BY_NAME = new HashMap<>();
    private static final Map<String, TestCard> BY_NUMBER = new HashMap<>();
    private static final Map<String, TestCard> BY_FINGERPRINT = new HashMap<>();

    static {
        read().lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(TestCards::parse)
                .forEach(TestCards::register);
    }

    private TestCards() {}

    /** By the part after {@code pm_card_} or {@code tok_}. */
    public static Optional<TestCard> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    public static Optional<TestCard> numbered(String number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    public static Optional<TestCard> withFingerprint(String fingerprint) {
        return Optional.ofNullable(BY_FINGERPRINT.get(fingerprint));
    }

    static Map<String, TestCard> byName() {
        return Map.copyOf(BY_NAME);
    }

    private static TestCard parse(String line) {
        String[] columns = line.split("\\s+", -1);
        return new TestCard(
                List.of(columns[0].split(",", -1)),
                columns[1],
                columns[2],
                columns[3],
                columns[4],
                Behavior.valueOf(columns[5].toUpperCase(Locale.ROOT)));
    }

    private static void register(TestCard card) {
        card.names().forEach(name -> BY_NAME.put(name, card));
        BY_NUMBER.putIfAbsent(card.number(), card);
        BY_FINGERPRINT.putIfAbsent(card.fingerprint(), card);
    }

    private static String read() {
        try (InputStream in = TestCards.class.getResourceAsStream("/test-cards.txt")) {
            if (in == null) {
                throw new IllegalStateException("test-cards.txt is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
