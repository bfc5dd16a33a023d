package io.tillstream.acceptance;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** After a test that failed, what the parts logged until then lies where the next run does not delete it. */
public final class LogsOfFailures implements AfterTestExecutionCallback {
    private static final Path KEPT = Path.of("target/logs").toAbsolutePath();

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()
                && context.getRequiredTestClass().getSimpleName().endsWith("IT")) {
            keep();
            System.out.println(context.getDisplayName() + " failed; the parts' logs are in " + KEPT);
        }
    }

    private static synchronized void keep() {
        Stack.tillstream().copyLogs(KEPT);
    }
}
