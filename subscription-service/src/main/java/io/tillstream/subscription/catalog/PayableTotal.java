package io.tillstream.subscription.catalog;

import io.tillstream.events.Money;
import io.tillstream.web.Problem;
import io.tillstream.web.money.Currencies;

/** What all units of a plan cost together can be paid at once, or no invoice of it ever is. */
public final class PayableTotal {

    private PayableTotal() {}

    /**
     * Throws {@link Problem} 422 {@code amount-not-payable}. A trial or a discount does not make it payable, as both end. No total is
     * too little: Stripe carries what is below its least charge over to the next invoice. Of a currency that is not among ours,
     * taken over with its plan, Stripe decides.
     *
     * @param price of one unit
     */
    public static void check(int units, Money price) {
        long most = Currencies.most(price.currency());
        if (Currencies.isSupported(price.currency()) && price.amount() > most / units) {
            throw Problem.of(
                    422,
                    "amount-not-payable",
                    "All units together must cost at most " + most + " in " + price.currency() + ".");
        }
    }
}
