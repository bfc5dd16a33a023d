package io.tillstream.delivery;

import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.R2dbcTransientException;
import io.tillstream.stripeevents.UnreadableEvent;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Tells a fault that passes (try again for as long as it takes) from a record that is poison (never). */
public final class FaultClassifier {

    /** Longest chain of causes looked at; a longer one is a loop. */
    private static final int CAUSES = 20;

    /**
     * SQLSTATE classes of a database that is away, busy or restarting: connection, serialization and deadlock, resources,
     * lock not available and cancelled statement, operator intervention, system error.
     */
    private static final List<String> PASSING_STATES = List.of("08", "40", "53", "55P03", "57", "58");

    /**
     * SQLSTATEs of a value that no other try makes better: a data exception, as of a character that PostgreSQL does not keep,
     * a value that is missing, or breaks a check. What may be a race stays out: a key that is there already or not yet.
     *
     * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL: error codes</a>
     */
    private static final List<String> HOPELESS_STATES = List.of("22", "23502", "23514");

    private FaultClassifier() {}

    /** Whether the same try may succeed later. A hopeless value is that in whatever it is wrapped. */
    public static boolean passes(Throwable fault) {
        if (isPoison(fault)) {
            return false;
        }
        Throwable cause = fault;
        for (int depth = 0; cause != null && depth < CAUSES; depth++) {
            if (cause instanceof TransientFault
                    || cause instanceof IOException
                    || cause instanceof TimeoutException
                    || cause instanceof R2dbcTransientException
                    || cause instanceof R2dbcTimeoutException
                    || cause instanceof TransientDataAccessException
                    || cause instanceof RecoverableDataAccessException
                    || cause instanceof NonTransientDataAccessResourceException
                    || cause instanceof CannotCreateTransactionException
                    || hasState(cause, PASSING_STATES)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /**
     * Never tried again: it goes to the dead letters at once. A number or a moment that is out of range stays so, and would hold all
     * that comes behind it.
     */
    static boolean isPoison(Throwable fault) {
        Throwable cause = fault;
        for (int depth = 0; cause != null && depth < CAUSES; depth++) {
            if (cause instanceof UnreadableEvent
                    || cause instanceof ArithmeticException
                    || cause instanceof DateTimeException
                    || hasState(cause, HOPELESS_STATES)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean hasState(Throwable cause, List<String> states) {
        @Nullable String state = cause instanceof R2dbcException r2dbc ? r2dbc.getSqlState() : null;
        return state != null && states.stream().anyMatch(state::startsWith);
    }
}
