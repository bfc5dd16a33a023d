package io.tillstream.acceptance;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Whatever a test waits for begins when the system is there: its start, and the making of its API document, are not part of
 * any test's time. Tests that only read files start nothing.
 */
public final class StackFirst implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        if (context.getRequiredTestClass().getSimpleName().endsWith("IT")) {
            var unused = ApiContract.ofGateway();
        }
    }
}
