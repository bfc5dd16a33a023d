package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.local.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** After all the others: no card number, secret or full e-mail address rests anywhere. */
@Alone(Stage.AFTERWARDS)
class SecretsIT {
    private static final Pattern SECRET = Pattern.compile("(sk|rk)_(test|live)_\\w+|whsec_\\w+");
    private static final Pattern CLIENT_SECRET = Pattern.compile("\\w_secret_\\w");
    private static final Pattern EMAIL = Pattern.compile("(?<![\\w.+-])[\\w.+-]++@[\\w-]+\\.\\w");
    private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]{10,}\\.[\\w-]+\\.[\\w-]+");

    /** The numbers of test cards that the tests have typed; random digits elsewhere must not look like a find. */
    private static final Pattern CARD =
            Pattern.compile("(?<!\\d)(4242424242424242|4000000000000002|4000002760003184|4000000000009995)(?!\\d)"
                    + "|4242 4242 4242 4242|4000-0000-0000-0002");

    private static final Pattern CVC = Pattern.compile("(?i)\"(cvc|cvv)\"\\s*:\\s*\"?\\d{3,4}");

    @BeforeAll
    static void allHasArrived() {
        Quiet.everywhere();
    }

    private static List<String> findings(String where, String text, Pattern... patterns) {
        List<String> found = new ArrayList<>();
        for (Pattern pattern : patterns) {
            Matcher matcher = pattern.matcher(text);
            while (matcher.find() && found.size() < 5) {
                int from = Math.max(0, matcher.start() - 80);
                found.add(where + ": …" + text.substring(from, Math.min(text.length(), matcher.end() + 20)));
            }
        }
        return found;
    }

    @Test
    void noTableHoldsASecret() {
        List<String> found = new ArrayList<>();
        for (String database : Databases.ALL) {
            for (String table : Databases.tables(database)) {
                // The customer table is where a name and an address belong, and the only one.
                boolean ofCustomers = table.equals("customers");
                String rows = String.join(
                        "\n",
                        Databases.rows(database, "select t::text as line from " + table + " t").stream()
                                .map(row -> row.text("line"))
                                .toList());
                String where = database + "." + table;
                found.addAll(findings(where, rows, CARD, CVC, SECRET, CLIENT_SECRET, TOKEN));
                if (!ofCustomers) {
                    found.addAll(findings(where, rows, EMAIL));
                }
            }
        }
        assertThat(found).isEmpty();
    }

    /** Binary columns are read too: as text, hex hides what is in them. */
    @Test
    void noParkedEventHoldsASecret() {
        List<String> found = new ArrayList<>();
        for (String database : Databases.ALL) {
            Databases.rows(database, "select event_id, convert_from(payload, 'UTF8') as payload from parked_events")
                    .forEach(row -> found.addAll(findings(
                            database + " " + row.text("event_id"),
                            row.text("payload"),
                            CARD,
                            CVC,
                            SECRET,
                            CLIENT_SECRET,
                            EMAIL,
                            TOKEN)));
        }
        assertThat(found).isEmpty();
    }

    /** {@code stripe.events} is the verified event byte for byte: a client secret or an address may be in it. */
    @Test
    void noTopicHoldsASecret() {
        List<String> found = new ArrayList<>();
        for (String topic : Topic.names()) {
            boolean ofStripe = topic.startsWith(Topic.STRIPE);
            for (Topic.Message message : Topic.read(topic)) {
                String text = message.headers() + " " + message.value();
                found.addAll(findings(topic, text, CARD, CVC, SECRET, TOKEN));
                if (!ofStripe) {
                    found.addAll(findings(topic, text, CLIENT_SECRET, EMAIL));
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void noLogHoldsASecret() throws IOException {
        List<String> found = new ArrayList<>();
        for (Part part : Stack.tillstream().parts()) {
            Path log = Stack.tillstream().log(part);
            if (Files.exists(log)) {
                String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
                found.addAll(findings(part.label(), text, CARD, CVC, SECRET, CLIENT_SECRET, EMAIL, TOKEN));
            }
        }
        assertThat(found).isEmpty();
    }
}
