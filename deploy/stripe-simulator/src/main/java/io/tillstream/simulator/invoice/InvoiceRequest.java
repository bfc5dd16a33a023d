package io.tillstream.simulator.invoice;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is to be billed. Times in epoch seconds.
 *
 * @param billingReason {@code subscription_create}, {@code subscription_cycle}, {@code subscription_update} or
 *     {@code manual}
 * @param subscriptionMetadata as it is now: the invoice keeps it even if the subscription's changes
 * @param discounts discount objects as on the subscription; they lower the discountable lines
 * @param defaultTaxRates tax rate objects, for the lines that have none of their own
 * @param autoAdvance whether it goes its way by itself: finalized an hour after it was drafted, collected, retried
 */
public record InvoiceRequest(
        String customer,
        String currency,
        String billingReason,
        @Nullable String subscription,
        ObjectNode subscriptionMetadata,
        long periodStart,
        long periodEnd,
        List<InvoiceLine> lines,
        String collectionMethod,
        @Nullable Integer daysUntilDue,
        @Nullable String defaultPaymentMethod,
        List<ObjectNode> discounts,
        boolean autoAdvance,
        @Nullable ObjectNode paymentSettings,
        JsonNode defaultTaxRates) {
    /** The same for other lines. */
    public InvoiceRequest with(List<InvoiceLine> other) {
        return with(other, discounts);
    }

    /** The same for other lines and discounts. */
    public InvoiceRequest with(List<InvoiceLine> other, List<ObjectNode> lowering) {
        return new InvoiceRequest(
                customer,
                currency,
                billingReason,
                subscription,
                subscriptionMetadata,
                periodStart,
                periodEnd,
                other,
                collectionMethod,
                daysUntilDue,
                defaultPaymentMethod,
                lowering,
                autoAdvance,
                paymentSettings,
                defaultTaxRates);
    }
}
