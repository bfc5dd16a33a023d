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

    /** No such character, too long, too large, no such time. */
    private static final Set<String> NOT_KEPT = Set.of("22021", "22P05", "22001", "22003", "22008");

    /** No number, no UUID, no time. */
    private static final Set<String> NOT_READ = Set.of("22P02", "22P03", "22007");

    private SqlFaults() {}

    static @Nullable Problem of(Throwable thrown) {
        return DATABASE ? Reader.of(thrown) : null;
    }

    /** Loaded only where there is a database. */
    private static final class Reader {

        static @Nullable Problem of(Throwable thrown) {
            R2dbcException sql = Refusals.inChain(thrown, R2dbcException.class);
            String state = sql == null || sql.getSqlState() == null ? "" : sql.getSqlState();
            if (NOT_KEPT.contains(state)) {
                return Problem.of(422, "validation-failed", "A value of the request cannot be kept.")
                        .causedBy(thrown);
            }
            return NOT_READ.contains(state)
                    ? Problem.malformed("A value of the request cannot be read.")
                            .causedBy(thrown)
                    : null;
        }
    }
}
