package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.remote.CapabilityType;
import org.openqa.selenium.remote.http.ClientConfig;

/** A real browser without a window. */
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = User.PATIENCE;

    /** A page, a script in it, or the browser's start. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** Chromium without the parts that a window needs: the same pages for half of the work. Not on every machine. */
    private static final Path SHELL = Path.of("/usr/lib/chromium/chromium-headless-shell");

    private static @Nullable ChromeDriver running;

    private final ChromeDriver driver;
    private final BrowserLog log;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
        this.log = new BrowserLog(driver);
    }

    /**
     * As on a machine where nobody was before. The process is one for all classes, which take turns: to start one is as much
     * work as twenty pages. Without Chromium on the machine the test is skipped, unless BROWSER_REQUIRED is set, as it is
     * in CI.
     */
    static synchronized Browser open() {
        ChromeDriver driver = running;
        if (driver == null) {
            driver = started();
            running = driver;
        }
        Browser browser = new Browser(driver);
        browser.forgetEverything();
        driver.executeCdpCommand("Network.clearBrowserCache", Map.of());
        var unused = browser.log.faults();
        return browser;
    }

    private static ChromeDriver started() {
        boolean withoutUi = Files.isExecutable(SHELL);
        Path chromium = withoutUi ? SHELL : Path.of("/usr/bin/chromium");
        Path chromedriver = Path.of("/usr/bin/chromedriver");
        if (System.getenv("BROWSER_REQUIRED") == null) {
            Assumptions.assumeTrue(Files.isExecutable(chromium), "no " + chromium);
            Assumptions.assumeTrue(Files.isExecutable(chromedriver), "no " + chromedriver);
        }
        try {
            Path profile = Files.createTempDirectory("browser");
            ChromeOptions options = new ChromeOptions();
            options.setBinary(chromium.toFile());
            if (withoutUi) {
                options.setCapability(CapabilityType.BROWSER_NAME, "chrome-headless-shell");
            } else {
                options.addArguments("--headless=new");
            }
            options.addArguments(
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--disable-dev-shm-usage",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--window-size=1000,1200",
                    "--user-data-dir=" + profile);
            LoggingPreferences logs = new LoggingPreferences();
            logs.enable(LogType.BROWSER, Level.ALL);
            logs.enable(LogType.PERFORMANCE, Level.ALL);
            options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
            ChromeDriverService service = new ChromeDriverService.Builder()
                    .usingDriverExecutable(chromedriver.toFile())
                    .usingAnyFreePort()
                    .withTimeout(LONGEST)
                    .build();
            options.setScriptTimeout(LONGEST);
            options.setPageLoadTimeout(LONGEST);
            ChromeDriver driver = new ChromeDriver(
                    service, options, ClientConfig.defaultConfig().readTimeout(LONGEST.multipliedBy(2)));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(driver, profile), "end-browser"));
            return driver;
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    BrowserLog log() {
        return log;
    }

    /** The function body's result, in the page. */
    @Nullable
    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** The same for a script that calls its last argument when it is done. */
    @Nullable
    Object runAndWait(String script) {
        return driver.executeAsyncScript(script);
    }

    /** Width in CSS pixels; {@code dark} as the system's setting says. */
    void show(int width, int height, boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand("Emulation.setScrollbarsHidden", Map.of("hidden", true));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /** A picture of the whole page, with what lies below the window. */
    byte[] picture() {
        Map<String, Object> picture = driver.executeCdpCommand(
                "Page.captureScreenshot",
                Map.of("format", "png", "captureBeyondViewport", true, "optimizeForSpeed", true));
        return Base64.getDecoder().decode(String.valueOf(picture.get("data")));
    }

    void back() {
        driver.navigate().back();
    }

    void reload() {
        driver.navigate().refresh();
    }

    /** Another tab of the same browser, with the same storage. */
    void openTab() {
        driver.switchTo().newWindow(WindowType.TAB);
    }

    String tab() {
        return driver.getWindowHandle();
    }

    void toTab(String tab) {
        driver.switchTo().window(tab);
    }

    /** Takes the network away, or gives it back. */
    void connected(boolean connected) {
        driver.executeCdpCommand("Network.enable", Map.of());
        driver.executeCdpCommand(
                "Network.emulateNetworkConditions",
                Map.of("offline", !connected, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    }

    /** The option of a list by its value. */
    void choose(By list, String value) {
        see(list).findElement(By.cssSelector("option[value='" + value + "']")).click();
    }

    /** As somebody who was never here: one new tab, whose session storage is empty, and no cookies. */
    void forgetEverything() {
        log.forgetUnanswered(); // of tabs that are closed
        Set<String> old = driver.getWindowHandles();
        String fresh = driver.switchTo().newWindow(WindowType.TAB).getWindowHandle();
        for (String tab : old) {
            driver.switchTo().window(tab).close();
        }
        driver.switchTo().window(fresh);
        driver.executeCdpCommand("Storage.clearDataForOrigin", Map.of("origin", "*", "storageTypes", "all"));
        driver.executeCdpCommand("Network.clearBrowserCookies", Map.of());
    }

    void goTo(String address) {
        driver.get(address);
    }

    String address() {
        return String.valueOf(driver.getCurrentUrl());
    }

    WebElement see(By what) {
        return orTellThePage(
                () -> waiting("no " + what).until(() -> driver.findElement(what), WebElement::isDisplayed));
    }

    void type(By where, String text) {
        WebElement field = see(where);
        field.clear();
        field.sendKeys(text);
    }

    /** Once it is there, also where the page is just about to draw it anew. */
    void click(By what) {
        orTellThePage(() -> waiting("to click " + what)
                .until(
                        () -> {
                            driver.findElement(what).click();
                            return what;
                        },
                        clicked -> true));
    }

    private <T> T orTellThePage(Supplier<T> step) {
        try {
            return step.get();
        } catch (ConditionTimeoutException never) {
            throw new AssertionError(address() + " shows: " + page(), never);
        }
    }

    /** Waits until the element says this. */
    void seeText(By where, String text) {
        var unused = orTellThePage(() -> waiting("'" + text + "' at " + where)
                .until(() -> driver.findElement(where).getText(), shown -> shown.contains(text)));
    }

    void seeAddress(String start) {
        waiting("to be sent to " + start)
                .untilAsserted(() -> assertThat(address()).as(this::page).startsWith(start));
    }

    private String page() {
        return driver.findElement(By.tagName("body")).getText() + "\nand has no answer yet to " + log.unanswered();
    }

    boolean has(By what) {
        return !driver.findElements(what).isEmpty();
    }

    /** Goes on inside the first frame that has the element, however deep the page nests it. */
    void enterFrameWith(By what) {
        waiting("no frame with " + what).until(() -> {
            driver.switchTo().defaultContent();
            return enter(what, 3);
        });
    }

    private boolean enter(By what, int depth) {
        if (has(what)) {
            return true;
        }
        if (depth == 0) {
            return false;
        }
        for (WebElement frame : driver.findElements(By.tagName("iframe"))) {
            driver.switchTo().frame(frame);
            if (enter(what, depth - 1)) {
                return true;
            }
            driver.switchTo().parentFrame();
        }
        return false;
    }

    void leaveFrames() {
        driver.switchTo().defaultContent();
    }

    private static ConditionFactory waiting(String forWhat) {
        return await(forWhat)
                .atMost(PATIENCE)
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsInstanceOf(WebDriverException.class);
    }

    private static void end(ChromeDriver driver, Path profile) {
        driver.quit();
        try (Stream<Path> files = Files.walk(profile)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException stillWriting) {
            // The folder is a temporary one: what the browser still writes while it ends may stay.
        }
    }

    /** The page of the last test asks for nothing any more. */
    @Override
    public void close() {
        forgetEverything();
    }
}
