package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A real browser without a window. */
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ChromeDriver driver;
    private final Path profile;

    private Browser(ChromeDriver driver, Path profile) {
        this.driver = driver;
        this.profile = profile;
    }

    /** Without Chromium on the machine the test is skipped, unless BROWSER_REQUIRED is set, as it is in CI. */
    static Browser open() {
        Path chromium = Path.of("/usr/bin/chromium");
        Path chromedriver = Path.of("/usr/bin/chromedriver");
        if (System.getenv("BROWSER_REQUIRED") == null) {
            Assumptions.assumeTrue(Files.isExecutable(chromium), "no " + chromium);
            Assumptions.assumeTrue(Files.isExecutable(chromedriver), "no " + chromedriver);
        }
        try {
            Path profile = Files.createTempDirectory("browser");
            ChromeOptions options = new ChromeOptions();
            options.setBinary(chromium.toFile());
            options.addArguments(
                    "--headless=new",
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
            ChromeDriverService service = new ChromeDriverService.Builder()
                    .usingDriverExecutable(chromedriver.toFile())
                    .usingAnyFreePort()
                    .build();
            return new Browser(new ChromeDriver(service, options), profile);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    void goTo(String address) {
        driver.get(address);
    }

    String address() {
        return String.valueOf(driver.getCurrentUrl());
    }

    WebElement see(By what) {
        return waiting("no " + what).until(() -> driver.findElement(what), WebElement::isDisplayed);
    }

    void type(By where, String text) {
        WebElement field = see(where);
        field.clear();
        field.sendKeys(text);
    }

    void click(By what) {
        see(what).click();
    }

    /** Waits until the element says this. */
    void seeText(By where, String text) {
        waiting("'" + text + "' at " + where)
                .untilAsserted(() -> assertThat(driver.findElement(where).getText())
                        .as(() -> address() + ": " + page())
                        .contains(text));
    }

    void seeAddress(String start) {
        waiting("to be sent to " + start)
                .untilAsserted(() -> assertThat(address()).as(this::page).startsWith(start));
    }

    private String page() {
        return driver.findElement(By.tagName("body")).getText();
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

    @Override
    public void close() {
        driver.quit();
        try (Stream<Path> files = Files.walk(profile)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException stillWriting) {
            // The folder is a temporary one: what the browser still writes while it ends may stay.
        }
    }
}
