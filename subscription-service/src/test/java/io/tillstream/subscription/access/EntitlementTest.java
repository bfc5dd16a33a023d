package io.tillstream.subscription.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.events.EntitlementEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntitlementTest {

    private static final Instant EARLY = Instant.parse("2027-01-01T00:00:00Z");
    private static final Instant LATE = Instant.parse("2027-02-01T00:00:00Z");

    private static EntitlementGrant source(String source, AccessLevel grade, Instant since, @Nullable Instant until) {
        return new EntitlementGrant("pat", source, "rooms", grade, since, until, null);
    }

    @Test
    void theBestOfAllSourcesCountsAndTheFirstOfThemSaysSinceWhen() {
        var limited = source("a", AccessLevel.LIMITED, EARLY, LATE);
        var full = source("b", AccessLevel.FULL, LATE, LATE);
        var over = source("c", AccessLevel.NONE, EARLY, EARLY);
        var entitlement = new Entitlement("pat", "rooms", AccessLevel.FULL, "b", EARLY, LATE);
        assertThat(Entitlement.of(List.of(limited, full, over)).values()).containsExactly(entitlement);
        assertThat(Entitlement.of(List.of(over, full, limited)).values()).containsExactly(entitlement);
        assertThat(Entitlement.of(List.of(over))).isEmpty();
    }

    @Test
    void whatIsOpenLastsLongerThanWhatEnds() {
        var stripes = source("stripe:cus_1", AccessLevel.FULL, LATE, null);
        var plans = source("b", AccessLevel.FULL, EARLY, LATE);
        Entitlement best = Entitlement.of(List.of(plans, stripes)).get("rooms");
        assertThat(best.until()).isNull();
        assertThat(best.subscriptionId()).isNull();
    }

    private static @Nullable Entitlement held(String grade) {
        return grade.equals("none") ? null : new Entitlement("pat", "rooms", AccessLevel.of(grade), "b", EARLY, LATE);
    }

    @ParameterizedTest
    @CsvSource({
        "none, none, ''",
        "none, full, Granted",
        "none, limited, Granted Limited",
        "full, full, ''",
        "full, limited, Limited",
        "full, none, Revoked",
        "limited, limited, ''",
        "limited, full, Granted",
        "limited, none, Revoked"
    })
    void eachChangeIsToldSoThatWhoHearsOnlyOfGrantedAndRevokedIsRight(String before, String after, String told) {
        List<EntitlementEvent> events = Entitlement.change(held(before), held(after), LATE);
        assertThat(String.join(
                        " ",
                        events.stream()
                                .map(event -> event.getClass().getSimpleName())
                                .toList()))
                .isEqualTo(told);
    }
}
