"""GOV.UK Frontend controls for Django forms: what the crispy template pack `templates/govuk/` is made of."""
