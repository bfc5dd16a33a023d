package io.tillstream.acceptance;

import static io.tillstream.acceptance.CardChangesIT.renew;
import static io.tillstream.acceptance.CardChangesIT.toldOf;
import static io.tillstream.acceptance.SavedCardsIT.cardsOf;
import static io.tillstream.acceptance.SavedCardsIT.save;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.local.Part;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** A card that ends soon is told of, soon after a start. */
@Alone(Stage.OUTAGES)
class ExpiringCardIT {
    private static final Duration PATIENCE = User.PATIENCE;
    private static final Duration LOOKED_FOR = Duration.ofSeconds(120); // some seconds after a start, then every hour

    @Test
    void anExpiringCardIsToldOnce() {
        User mallory = new User("mallory");
        String card = save(mallory, "pm_card_visa").expect(201).id();
        YearMonth now = YearMonth.now(ZoneOffset.UTC);
        renew(card, "{\"exp_month\": %d, \"exp_year\": %d}".formatted(now.getMonthValue(), now.getYear()));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        cardsOf(mallory).get(0).path("expYear").asInt())
                .isEqualTo(now.getYear()));

        Stack.tillstream().restart(Part.PAYMENT_SERVICE); // it looks for such cards soon after its start

        await().atMost(LOOKED_FOR).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> assertThat(toldOf(mallory))
                .filteredOn(told -> told.type().equals("io.tillstream.payment_method.expiring.v1"))
                .singleElement()
                .satisfies(told -> {
                    assertThat(told.json().path("paymentMethodId").asString()).isEqualTo(card);
                    assertThat(told.json().path("expMonth").asInt()).isEqualTo(now.getMonthValue());
                }));
    }
}
