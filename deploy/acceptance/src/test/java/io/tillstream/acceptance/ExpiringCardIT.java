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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A card that ends soon is told of, soon after a start. */
@Alone(Stage.OUTAGES)
class ExpiringCardIT {
    private static final Duration PATIENCE = User.PATIENCE;
    private static final int TRIES = 3;

    @Test
    void anExpiringCardIsToldOnce() {
        User mallory = new User("mallory");
        String card = save(mallory, "pm_card_visa").expect(201).id();
        Set<YearMonth> ends = new HashSet<>(); // of one month, or of two where it is midnight

        boolean told = false;
        for (int tries = 0; tries < TRIES && !told; tries++) {
            YearMonth now = YearMonth.now(ZoneOffset.UTC);
            ends.add(now);
            endsIn(now, mallory, card);
            Outages.restart(Part.PAYMENT_SERVICE); // it looks for such cards soon after its start, then every hour
            told = seesToldOf(now, mallory);
        }

        assertThat(told).isTrue();
        assertThat(expiring(mallory))
                .allSatisfy(message -> assertThat(
                                message.json().path("paymentMethodId").asString())
                        .isEqualTo(card))
                .extracting(ExpiringCardIT::monthOf)
                .doesNotHaveDuplicates()
                .isSubsetOf(ends);
    }

    private static void endsIn(YearMonth month, User user, String card) {
        renew(card, "{\"exp_month\": %d, \"exp_year\": %d}".formatted(month.getMonthValue(), month.getYear()));
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode here = cardsOf(user).get(0);
            assertThat(here.path("expYear").asInt()).isEqualTo(month.getYear());
            assertThat(here.path("expMonth").asInt()).isEqualTo(month.getMonthValue());
        });
    }

    private static boolean seesToldOf(YearMonth month, User user) {
        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> expiring(user).stream()
                    .anyMatch(told -> monthOf(told).equals(month)));
            return true;
        } catch (ConditionTimeoutException lookFailed) {
            return false;
        }
    }

    private static List<Topic.Message> expiring(User user) {
        return toldOf(user).stream()
                .filter(told -> told.type().equals("io.tillstream.payment_method.expiring.v1"))
                .toList();
    }

    private static YearMonth monthOf(Topic.Message told) {
        return YearMonth.of(
                told.json().path("expYear").asInt(),
                told.json().path("expMonth").asInt());
    }
}
