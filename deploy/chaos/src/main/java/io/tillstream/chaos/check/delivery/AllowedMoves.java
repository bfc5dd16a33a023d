package io.tillstream.chaos.check.delivery;

import java.util.Set;

/**
 * Which moves of an order, a payment and a subscription are allowed. Written down here once more, by hand: what the services allow
 * is what is to be checked.
 */
enum AllowedMoves {
    ORDER {
        private static final Set<String> OPEN =
                Set.of("AWAITING_PAYMENT", "PAYMENT_PROCESSING", "ACTION_REQUIRED", "PAYMENT_FAILED");
        private static final Set<String> PAID_FOR =
                Set.of("PAID", "PARTIALLY_REFUNDED", "REFUNDED", "DISPUTED", "DISPUTE_LOST");

        @Override
        boolean begin(String first) {
            return first.equals("AWAITING_PAYMENT");
        }

        @Override
        boolean allow(String from, String to) {
            if (OPEN.contains(from)) {
                return !to.equals(from);
            }
            return switch (from) {
                case "PAID", "DISPUTED", "DISPUTE_LOST" -> !to.equals(from) && PAID_FOR.contains(to);
                case "REFUNDED" -> !to.equals(from) && (PAID_FOR.contains(to) || to.equals("MISMATCH"));
                case "PARTIALLY_REFUNDED", "MISMATCH" -> PAID_FOR.contains(to);
                default -> false; // a canceled order stays one
            };
        }
    },

    PAYMENT {
        @Override
        boolean begin(String first) {
            return first.equals("initiated");
        }

        @Override
        boolean allow(String from, String to) {
            if (to.equals(from) || to.equals("initiated")) {
                return false;
            }
            return switch (from) {
                case "initiated" -> true;
                case "unknown", "action_required", "processing", "failed" -> !to.equals("unknown");
                case "canceled" -> to.equals("succeeded") || to.equals("mismatched");
                default -> false; // money is the end
            };
        }
    },

    SUBSCRIPTION {
        private static final Set<String> BEFORE_STRIPE = Set.of("starting", "failed");
        private static final Set<String> OVER = Set.of("canceled", "incomplete_expired");

        @Override
        boolean begin(String first) {
            return first.equals("starting");
        }

        @Override
        boolean allow(String from, String to) {
            if (OVER.contains(from) || to.equals(from)) {
                return false;
            }
            return switch (to) {
                case "starting" -> false;
                case "failed" -> from.equals("starting");
                case "incomplete" -> BEFORE_STRIPE.contains(from);
                default -> true; // events are missed and overtaken
            };
        }
    };

    abstract boolean begin(String first);

    abstract boolean allow(String from, String to);
}
