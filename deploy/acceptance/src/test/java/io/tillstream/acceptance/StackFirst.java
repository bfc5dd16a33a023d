package io.tillstream.acceptance;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Whatever a test waits for begins when the system is there: its start, and the making of its API document, are not part of
 * any test's time, nor is the first purchase. Tests that only read files start nothing.
 */
public final class StackFirst implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        if (context.getRequiredTestClass().getSimpleName().endsWith("IT")) {
            var document = ApiContract.ofGateway();
            var warm = WarmedUp.DONE;
        }
    }

    /** The first order and the first subscription of all take many times as long as any later one: they are no test's. */
    private static final class WarmedUp {
        private static final User ANOUK = new User("anouk"); // only here
        private static final boolean DONE = warmUp();

        private static boolean warmUp() {
            try {
                ANOUK.buys();
                Starting starting = new Starting(ANOUK);
                Answer begun = starting.beginsWithCard("pm_card_visa").expect(201, 202);
                starting.seesStatus(begun.id(), "active");
                starting.seesAccess();
                return true;
            } catch (RuntimeException | AssertionError notYet) {
                return false; // the tests say what does not work
            }
        }
    }
}
