"""A gate that is itself tested: planted defects, tests that catch them, a verdict on models.

`defects` are faults as data, `suite` the tests, `matrix` plants one after another in a copy of the
package and notes which test fails. `verdict` compares two recognizers, `behavior` asks what one can
do. `python -m fsdl_hwr.gate` draws the table.
"""
