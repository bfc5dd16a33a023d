package io.tillstream.order.settlement;

import io.tillstream.order.order.OrderStatus;
import java.util.List;
import java.util.UUID;

/** Lives of payments, as Stripe tells them, with the end they must come to. */
enum StripeLives {
    CARD_THAT_WORKS(OrderStatus.PAID, 2000, 0) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "processing", "processing").later().intent("pi_1", "succeeded", "succeeded");
        }
    },
    THREE_D_SECURE(OrderStatus.PAID, 2000, 0) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "requires_action", "requires_action").later().intent("pi_1", "succeeded", "succeeded");
        }
    },
    THREE_D_SECURE_FAILS(OrderStatus.PAYMENT_FAILED, 0, 0) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "requires_action", "requires_action").later().declined("pi_1");
        }
    },
    DECLINE_IN_THE_SAME_SECOND(OrderStatus.PAYMENT_FAILED, 0, 0) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "processing", "processing").declined("pi_1");
        }
    },
    DECLINE_THEN_SUCCESS(OrderStatus.PAID, 2000, 0) {
        @Override
        void tell(StripeLife life) {
            life.declined("pi_1").intent("pi_1", "requires_action", "requires_action");
            life.later().declined("pi_1").later().intent("pi_1", "succeeded", "succeeded");
        }
    },
    DECLINE_THEN_ANOTHER_INTENT(OrderStatus.PAID, 2000, 0) {
        @Override
        void tell(StripeLife life) {
            life.declined("pi_1").later();
            life.intent("pi_1", "canceled", "canceled", 2000, 0, "usd", "card_declined");
            life.intent("pi_2", "succeeded", "succeeded");
        }
    },
    CHECKOUT(OrderStatus.PAID, 2000, 0) {
        @Override
        void tell(StripeLife life) {
            life.session("cs_1", "pi_1", "completed", "complete", "paid");
            life.intent("pi_1", "succeeded", "succeeded");
        }
    },
    CHECKOUT_ABANDONED(OrderStatus.AWAITING_PAYMENT, 0, 0) {
        @Override
        void tell(StripeLife life) {
            life.session("cs_1", null, "expired", "expired", "unpaid");
        }
    },
    DELAYED_SUCCESS(OrderStatus.PAID, 2000, 0) {
        @Override
        void tell(StripeLife life) {
            life.session("cs_1", "pi_1", "completed", "complete", "unpaid");
            life.intent("pi_1", "processing", "processing").later();
            life.session("cs_1", "pi_1", "async_payment_succeeded", "complete", "paid");
            life.intent("pi_1", "succeeded", "succeeded");
        }
    },
    DELAYED_FAILURE(OrderStatus.PAYMENT_FAILED, 0, 0) {
        @Override
        void tell(StripeLife life) {
            life.session("cs_1", "pi_1", "completed", "complete", "unpaid");
            life.intent("pi_1", "processing", "processing").later();
            life.session("cs_1", "pi_1", "async_payment_failed", "complete", "unpaid")
                    .declined("pi_1");
        }
    },
    PARTIAL_REFUNDS(OrderStatus.PARTIALLY_REFUNDED, 2000, 1200) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "succeeded", "succeeded").later();
            life.refund("re_1", "pi_1", "refund.created", "pending", 500);
            life.refund("re_1", "pi_1", "refund.updated", "succeeded", 500).later();
            life.refund("re_2", "pi_1", "refund.created", "succeeded", 700);
        }
    },
    REFUND_IN_FULL(OrderStatus.REFUNDED, 2000, 2000) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "succeeded", "succeeded").later();
            life.refund("re_1", "pi_1", "refund.created", "succeeded", 500);
            life.refund("re_2", "pi_1", "charge.refund.updated", "succeeded", 1500);
        }
    },
    REFUND_FAILS_AFTER_SUCCESS(OrderStatus.PAID, 2000, 0) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "succeeded", "succeeded").later();
            life.refund("re_1", "pi_1", "refund.created", "succeeded", 2000).later();
            life.refund("re_1", "pi_1", "refund.failed", "failed", 2000);
        }
    },
    DISPUTE_WON(OrderStatus.PAID, 2000, 0) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "succeeded", "succeeded").later();
            life.dispute("dp_1", "pi_1", "created", "needs_response");
            life.dispute("dp_1", "pi_1", "funds_withdrawn", "needs_response").later();
            life.dispute("dp_1", "pi_1", "updated", "under_review").later();
            life.dispute("dp_1", "pi_1", "closed", "won").dispute("dp_1", "pi_1", "funds_reinstated", "won");
        }
    },
    DISPUTE_LOST(OrderStatus.DISPUTE_LOST, 2000, 0) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "succeeded", "succeeded").later();
            life.dispute("dp_1", "pi_1", "created", "needs_response").later();
            life.dispute("dp_1", "pi_1", "closed", "lost");
        }
    },
    /** The customer takes the dispute back at their bank after it was decided. */
    DISPUTE_LOST_THEN_WON(OrderStatus.PAID, 2000, 0) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "succeeded", "succeeded").later();
            life.dispute("dp_1", "pi_1", "created", "needs_response").later();
            life.dispute("dp_1", "pi_1", "closed", "lost").later();
            life.dispute("dp_1", "pi_1", "funds_reinstated", "won").dispute("dp_1", "pi_1", "closed", "won");
        }
    },
    DISPUTE_OPEN(OrderStatus.DISPUTED, 2000, 500) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "succeeded", "succeeded").refund("re_1", "pi_1", "refund.created", "succeeded", 500);
            life.dispute("dp_1", "pi_1", "created", "needs_response");
        }
    },
    TWO_SUCCESSES(OrderStatus.PAID, 2000, 0) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "succeeded", "succeeded")
                    .intent("pi_2", "succeeded", "succeeded")
                    .later();
            life.refund("re_1", "pi_1", "refund.created", "succeeded", 2000);
        }
    },
    SURPLUS_AFTER_A_REFUND(OrderStatus.REFUNDED, 2000, 2000) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "succeeded", "succeeded").later();
            life.refund("re_1", "pi_1", "refund.created", "succeeded", 2000).later();
            life.intent("pi_2", "succeeded", "succeeded").later();
            life.refund("re_2", "pi_2", "refund.created", "succeeded", 2000);
        }
    },
    WRONG_AMOUNT(OrderStatus.MISMATCH, 1999, 0) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "processing", "processing", 1999, 0, "usd", null)
                    .later();
            life.intent("pi_1", "succeeded", "succeeded", 1999, 1999, "usd", null);
        }
    },
    WRONG_AMOUNT_WHOSE_REFUND_FAILS(OrderStatus.MISMATCH, 1999, 0) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "succeeded", "succeeded", 1999, 1999, "usd", null)
                    .later();
            life.refund("re_1", "pi_1", "refund.created", "succeeded", 1999).later();
            life.refund("re_1", "pi_1", "refund.failed", "failed", 1999);
        }
    },
    WRONG_CURRENCY_GIVEN_BACK_THEN_PAID(OrderStatus.PAID, 2000, 0) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "succeeded", "succeeded", 2000, 2000, "eur", null)
                    .later();
            life.refund("re_1", "pi_1", "refund.created", "succeeded", 2000).later();
            life.intent("pi_2", "succeeded", "succeeded");
        }
    },
    CANCELED_THEN_LATE_SUCCESS(OrderStatus.CANCELED, 2000, 2000) {
        @Override
        void tell(StripeLife life) {
            life.intent("pi_1", "succeeded", "succeeded").later();
            life.refund("re_1", "pi_1", "refund.created", "succeeded", 2000);
        }
    };

    final OrderStatus end;
    final long paid;
    final long refunded;

    StripeLives(OrderStatus end, long paid, long refunded) {
        this.end = end;
        this.paid = paid;
        this.refunded = refunded;
    }

    abstract void tell(StripeLife life);

    StripeLife life() {
        return lifeOf(UUID.nameUUIDFromBytes(name().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    StripeLife lifeOf(UUID orderId) {
        var life = new StripeLife(orderId.toString());
        tell(life);
        return life;
    }

    boolean canceled() {
        return this == CANCELED_THEN_LATE_SUCCESS;
    }

    static List<StripeLives> all() {
        return List.of(values());
    }
}
