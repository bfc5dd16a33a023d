package io.tillstream.web.problem;

import io.r2dbc.spi.R2dbcException;
import io.tillstream.web.Problem;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/** What a database says of the values it is given: the request's fault, whatever let it come so far. */
final class SqlFaults {

    private static final boolean DATABASE =
            ClassUtils.isPresent("io.r2dbc.spi.R2dbcException", SqlFaults.class.getClassLoader());

    /**
     * Data exceptions: no such character, too long, too large, no such time.
     *
     * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL: error codes</a>
     */
    private static final String DATA = "22";

    /** A rule of a table is broken: by the value itself, else by somebody else's at the same moment. */
    private static final String CONSTRAINT = "23";

    private static final Set<String> BY_ITSELF = Set.of("23502", "23514");

    /** No number, no UUID, no time. */
    private static final Set<String> NOT_READ = Set.of("22P02", "22P03", "22007");

    private SqlFaults() {}

    static @Nullable Problem of(Throwable thrown) {
        return DATABASE ? Reader.of(thrown) : null;
    }

    /** Loaded only where there is a database. */
    private static final class Reader {

        static @Nullable Problem of(Throwable thrown) {
            R2dbcException sql = ProblemMapper.inChain(thrown, R2dbcException.class);
            String state = sql == null || sql.getSqlState() == null ? "" : sql.getSqlState();
            if (NOT_READ.contains(state)) {
                return Problem.malformed("A value of the request cannot be read.")
                        .causedBy(thrown);
            }
            if (state.startsWith(DATA) || BY_ITSELF.contains(state)) {
                return Problem.of(422, "validation-failed", "A value of the request cannot be kept.")
                        .causedBy(thrown);
            }
            return state.startsWith(CONSTRAINT)
                    ? Problem.conflict("changed-meanwhile", "Another request was first; look again, then try again.")
                            .causedBy(thrown)
                    : null;
        }
    }
}
