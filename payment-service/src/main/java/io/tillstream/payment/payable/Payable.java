package io.tillstream.payment.payable;

import io.tillstream.events.Money;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one user owes for one reference. A payable closed before anything was owed has neither user nor amount. */
public record Payable(
        String reference,
        @Nullable String userId,
        @Nullable Money owed,
        PayableStatus status,
        @Nullable UUID settledBy) {

    public boolean isOpen() {
        return status == PayableStatus.OPEN;
    }
}
