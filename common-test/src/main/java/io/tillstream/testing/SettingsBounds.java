package io.tillstream.testing;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.beanvalidation.LocalValidatorFactoryBean;

/**
 * Each setting of a service that is a time, a size or a number is given what nobody can mean: less than nothing, nothing, a
 * century. It has to be refused, by its name: a service that starts with it does not say why nothing happens, or too much.
 */
public final class SettingsBounds {

    private static final String SIMULATOR = "io.tillstream.simulator.";
    private static final String OURS = "io.tillstream";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]{1,80}):");
    private static final Set<Class<?>> NUMBERS = Set.of(int.class, long.class, short.class);

    private final ConfigurableEnvironment environment;
    private final Validator validator;
    private final Set<String> mayBeZero;
    private final Set<String> zeroes = new TreeSet<>();
    private final List<String> taken = new ArrayList<>();

    private SettingsBounds(ConfigurableEnvironment environment, Validator validator, Set<String> mayBeZero) {
        this.environment = environment;
        this.validator = validator;
        this.mayBeZero = mayBeZero;
    }

    /**
     * Checks all settings of the service that this test is of.
     *
     * @param mayBeZero those that mean something at zero, as {@code tillstream.web.shutdown-delay}
     * @param arguments what has to be set, as {@code --STRIPE_SECRET_KEY=sk_test_1}
     */
    public static void check(Set<String> mayBeZero, String... arguments) {
        try (var validator = new LocalValidatorFactoryBean();
                var started = new SpringApplicationBuilder(Object.class)
                        .web(WebApplicationType.NONE)
                        .bannerMode(Banner.Mode.OFF)
                        .registerShutdownHook(false)
                        .logStartupInfo(false)
                        .run(arguments)) {
            validator.afterPropertiesSet();
            SettingsBounds bounds = new SettingsBounds(started.getEnvironment(), validator, mayBeZero);
            types().forEach(bounds::walk);
            bounds.verdict();
        }
    }

    private void verdict() {
        if (!taken.isEmpty()) {
            throw new AssertionError("Settings that are taken, or refused without a name: " + taken);
        }
        if (!zeroes.equals(mayBeZero)) {
            throw new AssertionError("These may be zero: " + zeroes + ", and should: " + mayBeZero);
        }
    }

    private static List<Class<?>> types() {
        var provider = new ClassPathScanningCandidateComponentProvider(false);
        provider.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        List<Class<?>> types = new ArrayList<>();
        for (BeanDefinition found : provider.findCandidateComponents(OURS)) {
            String name = String.valueOf(found.getBeanClassName());
            if (!name.startsWith(
                    SIMULATOR)) { // it may be on the class path of a service's tests, and has a test of its own
                types.add(ClassUtils.resolveClassName(name, null));
            }
        }
        if (types.isEmpty()) {
            throw new AssertionError("no settings below " + OURS);
        }
        return types;
    }

    private void walk(Class<?> settings) {
        String prefix = MergedAnnotations.from(settings)
                .get(ConfigurationProperties.class)
                .getString("prefix");
        Object usual = bind(settings, prefix, Map.of());
        walk(settings, prefix, settings, prefix, usual);
    }

    private void walk(Class<?> settings, String prefix, Class<?> type, String path, Object usual) {
        for (RecordComponent one : type.getRecordComponents()) {
            String name = path + "." + DataObjectPropertyName.toDashedForm(one.getName());
            if (one.getType().isRecord()) {
                walk(settings, prefix, one.getType(), name, value(one, usual));
            } else if (isMapOfTimes(one)) {
                ((Map<?, ?>) value(one, usual)).keySet().forEach(key -> odd(Duration.class)
                        .forEach(odd -> tries(settings, prefix, name + "." + key, odd)));
            } else {
                odd(one.getType()).forEach(odd -> tries(settings, prefix, name, odd));
            }
        }
    }

    private static boolean isMapOfTimes(RecordComponent one) {
        return one.getGenericType() instanceof ParameterizedType map
                && map.getRawType() == Map.class
                && map.getActualTypeArguments()[1] == Duration.class;
    }

    private static Object value(RecordComponent one, Object of) {
        try {
            one.getAccessor().setAccessible(true);
            return Objects.requireNonNull(one.getAccessor().invoke(of), one.getName());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> odd(Class<?> type) {
        if (type == Duration.class) {
            return List.of("0s", "-1s", "36500d");
        }
        if (type == DataSize.class) {
            return List.of("0B", "-1B");
        }
        return NUMBERS.contains(type) ? List.of("0", "-1") : List.of();
    }

    private void tries(Class<?> settings, String prefix, String name, String value) {
        try {
            Object unused = bind(settings, prefix, Map.of(name, value));
            if (value.startsWith("0") && mayBeZero.contains(name)) {
                zeroes.add(name);
            } else {
                taken.add(name + "=" + value);
            }
        } catch (BindException refused) {
            String said = said(refused);
            if (names(name).stream().noneMatch(said::contains)) {
                taken.add(name + "=" + value + " (" + said + ")");
            }
        }
    }

    private static String said(Throwable refused) {
        StringBuilder said = new StringBuilder();
        // Not Spring's own words about what it was binding: they name all of it.
        for (Throwable cause = refused.getCause(); cause != null; cause = cause.getCause()) {
            said.append(cause.getMessage()).append('\n');
        }
        return said.toString();
    }

    /** A setting is known by its variable, its whole name, or as the field of its record. */
    private List<String> names(String name) {
        List<String> names = new ArrayList<>(List.of(name));
        StringBuilder field = new StringBuilder();
        for (String word : name.substring(name.lastIndexOf('.') + 1).split("-", -1)) {
            field.append(
                    field.isEmpty()
                            ? word
                            : word.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + word.substring(1));
        }
        names.add("'" + field + "'");
        names.add("." + field + "'");
        for (PropertySource<?> source : environment.getPropertySources()) {
            Matcher variable = VARIABLE.matcher(String.valueOf(source.getProperty(name)));
            if (variable.find()) {
                names.add(variable.group(1));
            }
        }
        return names;
    }

    private Object bind(Class<?> settings, String prefix, Map<String, String> instead) {
        List<ConfigurationPropertySource> sources = new ArrayList<>();
        sources.add(new MapConfigurationPropertySource(instead));
        StreamSupport.stream(ConfigurationPropertySources.get(environment).spliterator(), false)
                .forEach(sources::add);
        BindHandler handler = MergedAnnotations.from(settings).isPresent(Validated.class)
                ? new ValidationBindHandler(validator)
                : BindHandler.DEFAULT;
        return new Binder(sources, new PropertySourcesPlaceholdersResolver(environment))
                .bindOrCreate(prefix, Bindable.of(settings), handler);
    }
}
