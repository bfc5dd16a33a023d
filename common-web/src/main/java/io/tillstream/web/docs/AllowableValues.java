package io.tillstream.web.docs;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a text of a JSON record, or a parameter: it is one of an enum's constants, in lower case as all of ours are told. */
@Documented
@Target({ElementType.FIELD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
public @interface AllowableValues {

    Class<? extends Enum<?>> value();
}
