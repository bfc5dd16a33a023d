package io.tillstream.order.settlement;

import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Whatever can become of some payments of one order: paid or not, refunded in parts, disputed, decided and decided again. */
final class RandomStripeLife {

    private static final List<String> DISPUTE = List.of(
            "warning_needs_response",
            "needs_response",
            "under_review",
            "appeal_needs_response",
            "appeal_under_review",
            "warning_closed",
            "prevented",
            "lost",
            "won");

    private final Random random;
    private final StripeLife life = new StripeLife(UUID.randomUUID().toString());
    private boolean paid;

    private RandomStripeLife(Random random) {
        this.random = random;
    }

    /**
     * Some life.
     *
     * @param paid whether the right money came in it
     */
    record Told(StripeLife life, boolean paid) {}

    static Told of(Random random) {
        var made = new RandomStripeLife(random);
        int payments = 1 + random.nextInt(3);
        for (int i = 1; i <= payments; i++) {
            made.payment("pi_" + i);
        }
        return new Told(made.life, made.paid);
    }

    private void payment(String intent) {
        if (random.nextInt(4) == 0) {
            life.declined(intent).later();
        }
        switch (random.nextInt(6)) {
            case 0 -> life.intent(intent, "canceled", "canceled");
            case 1 -> {
                life.intent(intent, "succeeded", "succeeded", 1500, 1500, "usd", null);
                backAndForth(intent, 1500);
            }
            default -> {
                life.intent(intent, "succeeded", "succeeded");
                paid = true;
                backAndForth(intent, 2000);
            }
        }
    }

    private void backAndForth(String intent, long amount) {
        long left = amount;
        for (int i = 1; i <= random.nextInt(4); i++) {
            long back = random.nextBoolean() ? left : left / 2;
            String refund = "re_" + i + intent;
            life.later().refund(refund, intent, "refund.created", "succeeded", back);
            if (random.nextInt(3) == 0) {
                life.later().refund(refund, intent, "refund.failed", "failed", back);
            } else {
                left -= back;
            }
        }
        for (int i = 1; i <= random.nextInt(3); i++) {
            dispute("dp_" + i + intent, intent);
        }
    }

    private void dispute(String dispute, String intent) {
        for (String status : DISPUTE) {
            if (random.nextInt(3) == 0) {
                life.later().dispute(dispute, intent, "updated", status);
            }
        }
    }
}
