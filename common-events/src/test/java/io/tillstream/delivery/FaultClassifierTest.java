package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.r2dbc.spi.R2dbcException;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DataIntegrityViolationException;
import tools.jackson.databind.JsonNode;

/**
 * What becomes of a record by what the database said of it.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL: error codes</a>
 */
class FaultClassifierTest {

    /** As a driver throws it: all that counts is the state. */
    private static final class Sql extends R2dbcException {
        private static final long serialVersionUID = 1L;

        Sql(String state) {
            super("said by the database", state);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "22000, poison", // data exception
        "22001, poison", // string too long
        "22003, poison", // number out of range
        "22007, poison", // no such date
        "22008, poison", // date out of range
        "22012, poison", // division by zero
        "22021, poison", // a character that is not kept
        "22023, poison", // a parameter that is none
        "2202E, poison", // an array's subscript
        "22P02, poison", // text that is no such type
        "22P03, poison",
        "22P05, poison", // U+0000 in jsonb
        "23502, poison", // a value is missing
        "23514, poison", // a check is broken
        "23503, unknown", // its other row may come
        "23505, unknown", // two at once
        "23P01, unknown",
        "42P01, unknown", // a deployment is half done, or a defect
        "08006, passes", // connection
        "40001, passes", // serialization
        "40P01, passes", // deadlock
        "53300, passes", // too many connections
        "55P03, passes", // lock not available
        "57014, passes", // canceled
        "57P01, passes", // shut down
        "58030, passes" // disk
    })
    void theStateDecides(String state, String fate) {
        for (Throwable fault : new Throwable[] {
            new Sql(state), new DataIntegrityViolationException("by Spring", new Sql(state)), wrapped(state)
        }) {
            assertThat(FaultClassifier.isPoison(fault)).as("%s", fault).isEqualTo(fate.equals("poison"));
            assertThat(FaultClassifier.passes(fault)).as("%s", fault).isEqualTo(fate.equals("passes"));
        }
    }

    private static Throwable wrapped(String state) {
        return new IllegalStateException(new IllegalArgumentException(new Sql(state)));
    }

    /** It would hold all that comes behind it, try after try. */
    @Test
    void aNumberOrMomentOutOfRangeIsPoison() {
        JsonNode object = StripeJson.read("{\"big\":123456789012345678901234567890,\"late\":100000000000000000}"
                .getBytes(StandardCharsets.UTF_8));
        List<Callable<?>> readers = List.of(
                () -> StripeJson.number(object, "big"),
                () -> StripeJson.count(object, "big"),
                () -> Instant.ofEpochSecond(Objects.requireNonNull(StripeJson.number(object, "late"))),
                () -> Instant.ofEpochSecond(Long.MAX_VALUE),
                () -> Instant.MAX.toEpochMilli(),
                () -> Math.toIntExact(99_999_999_999L),
                () -> new BigDecimal("1e30").longValueExact());
        assertThat(readers).allSatisfy(reader -> {
            Throwable fault = catchThrowable(reader::call);
            assertThat(fault).isNotNull();
            assertThat(FaultClassifier.isPoison(fault)).as("%s", fault).isTrue();
            assertThat(FaultClassifier.passes(new TransientFault("away", fault)))
                    .isFalse();
        });
        assertThat(StripeJson.count(object, "late")).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aHopelessValueIsThatInsideWhateverWouldPass() {
        assertThat(FaultClassifier.passes(new TransientFault("away", new Sql("22021"))))
                .isFalse();
        assertThat(FaultClassifier.isPoison(new TransientFault("away", new Sql("22021"))))
                .isTrue();
        assertThat(FaultClassifier.passes(new TransientFault("away", new Sql("23505"))))
                .isTrue();
        assertThat(FaultClassifier.isPoison(new UnreadableEvent("not JSON"))).isTrue();
    }
}
