package io.tillstream.payment.card;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CardTest {

    private static Card card(String brand) {
        var face = new CardState.Face(brand, "0005", 2, 2031, "US", "credit", "fp");
        return new Card("pm_1", "alice", "cus_1", face, null, null, Instant.EPOCH);
    }

    @ParameterizedTest
    @CsvSource({
        "visa, Visa •••• 0005",
        "amex, American Express •••• 0005",
        "link, Link •••• 0005",
        "unknown, Card •••• 0005",
        "MasterCard, Mastercard •••• 0005"
    })
    void aCardIsNamedAsItsOwnerKnowsIt(String brand, String name) {
        assertThat(card(brand).displayName()).isEqualTo(name);
    }

    @Test
    void aCardIsGoodToTheEndOfItsLastMonthWherever() {
        assertThat(card("visa").expiresAt()).isEqualTo(Instant.parse("2031-03-01T12:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-21, 202611",
        "2026-12-01, 202612",
        "2027-01-28, 202701",
        "2027-01-30, '202701,202702'",
        "2027-02-28, 202702"
    })
    void expiryIsToldInTheLastThirtyDays(LocalDate today, String months) {
        String found = String.join(
                ",",
                ExpiringCards.endingSoon(today).stream().map(String::valueOf).toList());
        assertThat(found).isEqualTo(months);
    }

    @Test
    void whatIsNoCardHasNoFace() {
        var account = StripeJson.read("{\"id\":\"pm_1\",\"type\":\"us_bank_account\",\"customer\":{\"id\":\"cus_1\"}}"
                .getBytes(StandardCharsets.UTF_8));
        assertThat(CardState.read(account)).isEqualTo(new CardState("pm_1", "cus_1", null));
    }
}
