from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0008_published_tables_stay'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='obligation',
            name='obligation_met_has_a_time',
        ),
        migrations.AlterField(
            model_name='obligation',
            name='kind',
            field=models.CharField(choices=[('acknowledge', 'acknowledge'), ('first_action', 'first action'), ('read', 'read'), ('report_upward', 'report upward'), ('pledge', 'sign a pledge')], max_length=20),
        ),
        migrations.AlterField(
            model_name='obligation',
            name='state',
            field=models.CharField(choices=[('open', 'open'), ('met', 'met'), ('lapsed', 'no longer owed')], default='open', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('met_at', None), ('state__in', ['open', 'lapsed'])), models.Q(('met_at__isnull', False), ('state', 'met')), _connector='OR'), name='obligation_met_has_a_time'),
        ),
    ]
