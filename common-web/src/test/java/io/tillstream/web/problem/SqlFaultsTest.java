package io.tillstream.web.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.spi.R2dbcException;
import io.tillstream.web.Problem;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * What a request is answered by what the database said of its values.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL: error codes</a>
 */
class SqlFaultsTest {

    private static final class Sql extends R2dbcException {
        private static final long serialVersionUID = 1L;

        Sql(String state) {
            super("said by the database", state);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "22000, 422, validation-failed",
        "22001, 422, validation-failed",
        "22003, 422, validation-failed",
        "22007, 400, malformed-request",
        "22008, 422, validation-failed",
        "22012, 422, validation-failed",
        "22021, 422, validation-failed",
        "22023, 422, validation-failed",
        "22P02, 400, malformed-request",
        "22P03, 400, malformed-request",
        "22P05, 422, validation-failed",
        "23502, 422, validation-failed",
        "23514, 422, validation-failed",
        "23503, 409, changed-meanwhile",
        "23505, 409, changed-meanwhile",
        "23P01, 409, changed-meanwhile"
    })
    void whatReachesSqlAllTheSameIsTheRequestsOwnFault(String state, int status, String code) {
        for (Throwable fault : new Throwable[] {
            new Sql(state), new IllegalStateException(new DataIntegrityViolationException("by Spring", new Sql(state)))
        }) {
            Problem told = ProblemMapper.of(fault);
            assertThat(told.status()).isEqualTo(status);
            assertThat(told.code()).isEqualTo(code);
            assertThat(told.detail()).doesNotContain("database");
        }
    }

    @ParameterizedTest
    @CsvSource({"42P01, 500", "42601, 500", "P0001, 500"})
    void aDefectOfOursStaysOurs(String state, int status) {
        assertThat(SqlFaults.of(new Sql(state))).isNull();
        assertThat(ProblemMapper.of(new Sql(state)).status()).isEqualTo(status);
    }
}
