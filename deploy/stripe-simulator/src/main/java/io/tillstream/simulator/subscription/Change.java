package io.tillstream.simulator.subscription;

import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.proration.Charged;
import io.tillstream.simulator.proration.Period;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a request makes of a subscription, and what that costs: the same for who asks beforehand and for who does it.
 *
 * @param prorations credits and debits for the rest of the period
 * @param begun lines of the period that begins with the change; empty if the period goes on
 * @param charged what the debits among the prorations charge each item
 * @param billed whether it is invoiced at once; otherwise prorations wait for the next invoice
 */
record Change(
        ObjectNode before,
        ObjectNode after,
        Period period,
        List<InvoiceLine> prorations,
        List<InvoiceLine> begun,
        Map<String, Charged> charged,
        boolean billed) {
    boolean restarts() {
        return !begun.isEmpty();
    }
}
