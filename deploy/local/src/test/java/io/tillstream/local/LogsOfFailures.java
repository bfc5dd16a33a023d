package io.tillstream.local;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** After a test that failed, what its parts logged is copied out of its folder, which is deleted. */
final class LogsOfFailures implements AfterTestExecutionCallback {

    @Override
    public void afterTestExecution(ExtensionContext context) throws ReflectiveOperationException {
        if (context.getExecutionException().isEmpty()) {
            return;
        }
        Object test = context.getRequiredTestInstance();
        Path folder = (Path) test.getClass().getDeclaredField("folder").get(test);
        Path kept = Path.of("target/logs", context.getRequiredTestMethod().getName())
                .toAbsolutePath();
        new Folders(folder).copyLogs(kept);
        System.out.println(context.getDisplayName() + " failed; the parts' logs are in " + kept);
    }
}
