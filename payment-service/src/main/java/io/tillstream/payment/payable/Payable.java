package io.tillstream.payment.payable;

import io.tillstream.events.Money;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one user owes for one reference. A payable closed before anything was owed has neither user nor amount.
 *
 * @param userGone whether its user asked to be deleted while it was open
 */
public record Payable(
        String reference,
        @Nullable String userId,
        @Nullable Money owed,
        PayableStatus status,
        @Nullable UUID settledBy,
        boolean userGone) {

    public boolean isOpen() {
        return status == PayableStatus.OPEN;
    }

    /** Whether money that comes neither settles it nor goes back: the close of its owner says which, see {@link #userGone}. */
    public boolean holdsWhatComes() {
        return isOpen() && userGone;
    }
}
