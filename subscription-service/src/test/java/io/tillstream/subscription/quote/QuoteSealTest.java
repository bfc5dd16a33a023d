package io.tillstream.subscription.quote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class QuoteSealTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String OTHER_SECRET = "fedcba9876543210fedcba9876543210";
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Quote QUOTE = new Quote(
            UUID.fromString("0e1f7b5c-6a41-4c58-8a0b-6f1f2f3a4b5c"),
            "user-1",
            UUID.fromString("1e1f7b5c-6a41-4c58-8a0b-6f1f2f3a4b5c"),
            "state-1",
            "pro-monthly",
            "price_1",
            3,
            1_795_255_200,
            -1_234,
            0,
            "usd",
            NOW.plusSeconds(600));

    private final QuoteSeal seal = sealAt(NOW, SECRET, "");

    @Test
    void whatWasQuotedIsWhatIsRead() {
        assertThat(seal.open(seal.seal(QUOTE), "user-1", QUOTE.subscriptionId()))
                .isEqualTo(QUOTE);
    }

    @Test
    void noFieldCanBeChangedByTheUser() {
        String[] parts = seal.seal(QUOTE).split("\\.");
        JsonMapper json = JsonMapper.builder().build();
        List<String> accepted = new ArrayList<>();
        ObjectNode content = (ObjectNode) json.readTree(Base64.getUrlDecoder().decode(parts[1]));
        assertThat(content.size()).isEqualTo(Quote.class.getRecordComponents().length);
        for (String field : content.propertyNames()) {
            ObjectNode changed = content.deepCopy();
            if (content.get(field).isNumber()) {
                changed.put(field, content.get(field).asLong() + 1);
            } else {
                changed.put(field, content.get(field).asString() + "1");
            }
            String forged = parts[0] + "." + encoded(json.writeValueAsBytes(changed)) + "." + parts[2];
            if (!isInvalid(() -> seal.recognize(forged, "user-1", QUOTE.subscriptionId()))) {
                accepted.add(field);
            }
        }
        assertThat(accepted).isEmpty();
    }

    @Test
    void everyByteOfTheSignatureCounts() {
        String[] parts = seal.seal(QUOTE).split("\\.");
        byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
        for (int i = 0; i < signature.length; i++) {
            byte[] changed = signature.clone();
            changed[i] ^= 1;
            assertInvalid(parts[0] + "." + parts[1] + "." + encoded(changed));
        }
        assertInvalid(parts[0] + "." + parts[1] + ".");
        assertInvalid(parts[0] + "." + parts[1]);
        assertInvalid("q2." + parts[1] + "." + parts[2]);
        assertInvalid(parts[0] + "." + parts[1] + "." + parts[2] + "=");
        assertInvalid(parts[0] + "." + parts[1] + "." + parts[2] + ".");
        assertInvalid(parts[0] + ".%." + parts[2]);
        assertInvalid("");
        assertInvalid("q1." + "a".repeat(3_000) + "." + parts[2]);
    }

    @Test
    void aQuoteBelongsToOneUserAndOneSubscription() {
        String sealed = seal.seal(QUOTE);
        assertThat(isInvalid(() -> seal.open(sealed, "user-2", QUOTE.subscriptionId())))
                .isTrue();
        assertThat(isInvalid(() -> seal.open(sealed, "user-1", UUID.randomUUID())))
                .isTrue();
    }

    @Test
    void aQuoteIsGoodForTenMinutesAndNotAMomentLonger() {
        String sealed = seal.seal(QUOTE);
        QuoteSeal justInTime = sealAt(QUOTE.expiresAt().minusNanos(1), SECRET, "");
        QuoteSeal tooLate = sealAt(QUOTE.expiresAt(), SECRET, "");
        assertThat(justInTime.open(sealed, "user-1", QUOTE.subscriptionId())).isEqualTo(QUOTE);
        assertThatThrownBy(() -> tooLate.open(sealed, "user-1", QUOTE.subscriptionId()))
                .isInstanceOfSatisfying(Problem.class, no -> {
                    assertThat(no.status()).isEqualTo(409);
                    assertThat(no.code()).isEqualTo("quote-expired");
                });
        assertThat(tooLate.recognize(sealed, "user-1", QUOTE.subscriptionId())).isEqualTo(QUOTE);
    }

    @Test
    void afterAChangeOfSecretQuotesThatAreOutStayGood() {
        String sealed = seal.seal(QUOTE);
        QuoteSeal changed = sealAt(NOW, OTHER_SECRET, SECRET);
        assertThat(changed.open(sealed, "user-1", QUOTE.subscriptionId())).isEqualTo(QUOTE);
        assertThat(isInvalid(() -> sealAt(NOW, OTHER_SECRET, "").open(sealed, "user-1", QUOTE.subscriptionId())))
                .isTrue();
        assertThat(isInvalid(() -> seal.open(changed.seal(QUOTE), "user-1", QUOTE.subscriptionId())))
                .isTrue();
    }

    @Test
    void theSecretsAreNotPrinted() {
        assertThat(new QuoteSettings(SECRET, OTHER_SECRET).toString()).doesNotContain(SECRET, OTHER_SECRET);
    }

    private void assertInvalid(String sealed) {
        assertThat(isInvalid(() -> seal.recognize(sealed, "user-1", QUOTE.subscriptionId())))
                .as(sealed)
                .isTrue();
    }

    private static boolean isInvalid(ThrowingCallable opening) {
        try {
            opening.call();
            return false;
        } catch (Problem no) {
            return no.status() == 422 && no.code().equals("quote-invalid");
        } catch (Throwable other) {
            throw new AssertionError(other);
        }
    }

    private static QuoteSeal sealAt(Instant now, String secret, String previous) {
        return new QuoteSeal(new QuoteSettings(secret, previous), Clock.fixed(now, ZoneOffset.UTC));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
